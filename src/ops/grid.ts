/** The grid of a body that makes `count` things, one per invocation and more only where there are too many workgroups. */
const MOST = 65535;

export function grid(count: number, lanes: number) {
  const groups = Math.min(Math.ceil(count / lanes), MOST);
  return { GROUPS: groups, workgroups: [groups, 1, 1] as const };
}
