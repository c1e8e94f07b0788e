// Mesa's lavapipe, a Vulkan driver that runs on the CPU, from apt. Dawn needs Mesa 24 or newer.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { aptRunsHere, install, update } from './apt.mjs';
import { quietly, say } from './shell.mjs';

const oldestMesa = 24;
const backports = 'bookworm-backports';

export const mesaRunsHere = aptRunsHere && existsSync('/etc/os-release');

/** Installs lavapipe, or throws why it cannot. */
export function installMesa() {
  update();
  const stock = mesaOffered();
  // Debian 12 has 22.3; the version that works is in its backports, which few machines have switched on.
  const suite = !(stock >= oldestMesa) && isBookworm() ? backports : undefined;
  if (suite) enableBackports();
  const version = suite ? mesaOffered('-t', suite) : stock;
  if (!(version >= oldestMesa))
    throw new Error(`apt offers ${version ? `Mesa ${version}` : 'no Mesa'}; version ${oldestMesa} or newer is needed`);
  const packages = ['mesa-vulkan-drivers', 'libvulkan1'];
  const from = suite ? ` from ${suite}` : '';
  say(`Installing Mesa ${version} (${packages.join(', ')}${from}), a software Vulkan driver ...`);
  install(...(suite ? ['-t', suite] : []), ...packages);
}

/** Major version of the Mesa that apt would install; NaN if it has none. */
function mesaOffered(...options) {
  const policy = quietly('apt-cache', [...options, 'policy', 'mesa-vulkan-drivers'], {
    env: { ...process.env, LC_ALL: 'C' },
  });
  return Number(/Candidate: (?:\d+:)?(\d+)/.exec(policy)?.[1]);
}

function isBookworm() {
  const release = readFileSync('/etc/os-release', 'utf8');
  return /^ID="?debian"?$/m.test(release) && /^VERSION_CODENAME="?bookworm"?$/m.test(release);
}

/** Debian's entries among all sources of this machine, as apt itself read them: `file:number`. */
function debianSources(origin, codename) {
  const wanted = [`Origin: ${origin}`, `Codename: ${codename}`, 'Component: main', 'Identifier: Packages'];
  return quietly('apt-get', ['indextargets', '--format', '$(SOURCESENTRY)', ...wanted])
    .split('\n')
    .filter(Boolean);
}

/** Repeats the entry for bookworm with another suite, so that mirror, keys and options stay the machine's own. */
function enableBackports() {
  if (debianSources('Debian Backports', backports).length) return;
  const [, file, number] = /^(.*):(\d+)$/.exec(debianSources('Debian', 'bookworm')[0] ?? '') ?? [];
  if (!file) throw new Error('apt has no source for Debian bookworm to take the mirror from');
  const [format, entry] = file.endsWith('.sources') ? ['sources', stanza] : ['list', line];
  const added = `/etc/apt/sources.list.d/retrograd-${backports}.${format}`;
  say(`Adding the suite ${backports} to apt's sources: ${added}`);
  writeFileSync(added, entry(readFileSync(file, 'utf8'), Number(number)));
  update();
  if (debianSources('Debian Backports', backports).length) return;
  rmSync(added);
  throw new Error(`this machine's Debian mirror has no ${backports}`);
}

/** One-line format: `deb [options] uri suite components`. */
function line(text, number) {
  const entry = text.split('\n')[number - 1];
  return `${entry.replace(/^\s*deb\s+((?:\[[^\]]*\]\s+)?\S+)\s.*$/, `deb $1 ${backports} main`)}\n`;
}

/** deb822 format: stanzas of fields, a field going on over indented lines. */
function stanza(text, number) {
  const stanzas = text.split(/\n\s*\n/).filter((part) => /^Types:/im.test(part));
  const changes = { Types: 'deb', Suites: backports, Components: 'main' };
  return Object.entries(changes).reduce(
    (entry, [field, value]) => entry.replace(new RegExp(`^${field}:.*(\\n[ \\t].*)*`, 'im'), `${field}: ${value}`),
    `${stanzas[number - 1].trim()}\n`,
  );
}
