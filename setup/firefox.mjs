// A Firefox for the tests that run in one, from apt, and how Playwright starts it so that it has WebGPU, GPU or not. FIREFOX_PATH
// names another.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { mayInstall } from './adapter.mjs';
import { aptRunsHere, install, update } from './apt.mjs';
import { probeBrowser } from './probe-browser.mjs';
import { say } from './shell.mjs';

const debian = 'firefox-esr';

const places = {
  linux: [debian, 'firefox'].map((name) => `/usr/bin/${name}`),
  darwin: ['/Applications/Firefox.app/Contents/MacOS/firefox'],
  win32: ['ProgramFiles', 'ProgramFiles(x86)'].map((root) =>
    join(process.env[root] ?? '', 'Mozilla Firefox/firefox.exe'),
  ),
};

/** A browser that somebody named is the one to use, or an error; one that was only found may turn out to be of no use. */
export const firefoxIsNamed = Boolean(process.env.FIREFOX_PATH);
export const firefoxIsInstalled = () => executable() !== undefined;

const executable = () => process.env.FIREFOX_PATH || places[process.platform]?.find(existsSync);

/** Installs Debian's where there is none, or throws why it cannot. */
export function installFirefox() {
  if (firefoxIsInstalled()) return;
  if (!mayInstall) throw new Error('RETROGRAD_NO_INSTALL=1 forbids installing it.');
  if (!aptRunsHere) throw new Error(`${debian} is installed by apt as root. FIREFOX_PATH names another Firefox.`);
  say(`Installing ${debian} from apt, for the tests in Firefox (80 MB) ...`);
  update();
  install(debian);
}

/**
 * `launchOptions` for Playwright's `firefox`, which drives any Firefox by WebDriver BiDi. Throws where there is none.
 * @returns {import('playwright').LaunchOptions}
 */
export function firefoxLaunchOptions() {
  const executablePath = executable();
  if (!executablePath) throw new Error('No Firefox: set FIREFOX_PATH to one.');
  return { channel: 'moz-firefox', executablePath, firefoxUserPrefs };
}

// An ESR has WebGPU switched off on Linux, and every Firefox refuses adapters that run on the CPU.
const firefoxUserPrefs = { 'dom.webgpu.enabled': true, 'gfx.webgpu.ignore-blocklist': true };

/** What Firefox computes on, with more variables in its environment: its version and adapter. Throws where it does not start or has no adapter. */
export const probeFirefox = (environment) => probeBrowser('firefox', firefoxLaunchOptions(), environment);
