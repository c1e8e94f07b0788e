// A Chromium for the tests that run in a browser, and how Playwright starts it so that it has WebGPU, GPU or not.
// CHROME_PATH names another.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { probeBrowser } from './probe-browser.mjs';
import { archive, filesInTar, sparticuzRunsHere, unpack, unpacked } from './sparticuz.mjs';

const folder = unpacked('chromium');
const pinned = join(folder, 'chromium');

// The one of npm comes before one of the system: it is the same browser, and so the same driver and the same bits, on every
// machine, it needs no system library, and `npm test` installs its package anyway, for SwiftShader.
const places = {
  linux: [pinned, ...['google-chrome', 'chromium', 'chromium-browser'].map((name) => `/usr/bin/${name}`)],
  darwin: ['Google Chrome', 'Chromium'].map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`),
  win32: ['ProgramFiles', 'ProgramFiles(x86)', 'LOCALAPPDATA'].flatMap((root) =>
    ['Google/Chrome/Application/chrome.exe', 'Microsoft/Edge/Application/msedge.exe'].map((path) =>
      join(process.env[root] ?? '', path),
    ),
  ),
};

/** A browser that somebody named is the one to use, or an error; one that was only found may turn out to be of no use. */
export const chromiumIsNamed = Boolean(process.env.CHROME_PATH);
export const chromiumRunsHere = sparticuzRunsHere;
export const chromiumIsInstalled = () => executable() !== undefined;

/** Unpacks the one of npm where it runs, is not there yet and no other was named, or throws why it cannot. */
export function installChromium() {
  if (chromiumRunsHere && !chromiumIsNamed) unpack('chromium', 'Chromium', files);
}

function* files() {
  yield ['chromium', archive('chromium')];
  for (const name of ['swiftshader.tar', 'al2023.tar', 'fonts.tar']) yield* filesInTar(archive(name));
  yield ['fonts.conf', fonts]; // the archive's own has absolute paths that are not ours
}

const fonts = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir prefix="relative">fonts</dir><cachedir prefix="xdg">fontconfig</cachedir></fontconfig>
`;

/** `launchOptions` for Playwright. Throws where there is no Chromium. */
export function chromiumLaunchOptions() {
  const executablePath = executable();
  if (!executablePath) throw new Error('No Chromium: set CHROME_PATH to a Chrome or Chromium.');
  return { executablePath, args: flags, env: environment(executablePath) };
}

const executable = () => process.env.CHROME_PATH || places[process.platform]?.find(existsSync);

// The first is enough to compute on SwiftShader, which is otherwise refused; without the others a canvas stays white.
const webgpu =
  process.platform === 'linux'
    ? ['--enable-unsafe-webgpu', '--enable-features=Vulkan', '--use-vulkan=swiftshader', '--use-angle=swiftshader']
    : ['--enable-unsafe-webgpu'];

// With few cores a page may hang for good while it starts: V8's compilers take all three threads of the renderer's pool and
// wait on them for the main thread to collect garbage, and the main thread waits for a thread of the pool to look for a font.
// They only wait where the heap has reached its limit, which this keeps far away.
const roomyHeap = '--js-flags=--initial-old-space-size=256 --heap-growing-percent=400';
const flags = [...webgpu, roomyHeap];

/** Not the Vulkan that Dawn in Node is pointed at: with another SwiftShader than its own, Chromium has no adapter. */
function environment(executablePath) {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(VK_|LD_LIBRARY_PATH$)/.test(name));
  const own = executablePath === pinned ? { LD_LIBRARY_PATH: join(folder, 'lib'), FONTCONFIG_PATH: folder } : {};
  // In the C locale its language is 'en-US@posix', which Intl refuses.
  return { ...Object.fromEntries(inherited), ...own, LANG: 'en_US.UTF-8', LC_ALL: 'en_US.UTF-8' };
}

/** What Chromium computes on: its version and adapter. Throws where it does not start or has no adapter. */
export const probeChromium = () => probeBrowser('chromium', chromiumLaunchOptions());
