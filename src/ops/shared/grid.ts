/** Workgroups that every device runs along one dimension of a dispatch. */
export const MOST = 65535;

/** The grid of a body that makes `count` things, one per invocation and more only where there are too many workgroups. */
export function grid(count: number, lanes: number) {
  const groups = Math.min(Math.ceil(count / lanes), MOST);
  return { GROUPS: groups, workgroups: [groups, 1, 1] as const };
}
