/**
 * What to do if WebGPU is missing, by browser, version and system. All of this knowledge is in one table, which has to be
 * kept up to date.
 */
import type { Advice, Missing } from '../base/errors.ts';

/** Where a program runs, as far as it can tell. */
export interface Surroundings {
  readonly userAgent: string;
  /** https or localhost: browsers offer WebGPU nowhere else. */
  readonly isSecure: boolean;
  /** 'Window', 'DedicatedWorkerGlobalScope', 'ServiceWorkerGlobalScope'. */
  readonly scope: string;
}

type Family = 'Chrome' | 'Firefox' | 'Safari' | 'WebKitGTK';
type System = 'Windows' | 'macOS' | 'ChromeOS' | 'Linux' | 'Android' | 'iOS';

interface Entry {
  readonly family: Family;
  readonly systems: readonly System[];
  readonly title: string;
  /** The first version that has WebGPU, by itself or once it is switched on; none where no version has it. */
  readonly since?: number;
  /** What to do where that version has no WebGPU. */
  readonly enable: readonly string[];
  /** What to do where there is WebGPU, but no adapter or no device of it. */
  readonly adapter: readonly string[];
}

const LINUX_FLAGS =
  '--enable-unsafe-webgpu --ozone-platform=x11 --use-angle=vulkan --enable-features=Vulkan,VulkanFromANGLE';
const ON_CHROME_LINUX = [
  'WebGPU is on for Intel GPUs from generation 12 and, from version 147, for NVIDIA GPUs with driver 535.183.01 or later.',
  `For any other GPU, start the browser with ${LINUX_FLAGS}`,
  'Without a GPU, start it with --enable-unsafe-webgpu: WebGPU then runs on the CPU.',
  'Install the Vulkan driver of the GPU. See chrome://gpu, under Vulkan and WebGPU, for what is missing.',
];
const CHROME_REPORT = 'See chrome://gpu (edge://gpu in Edge), under WebGPU, for the reason why it is off.';
const IN_FIREFOX = {
  enabled: 'In about:config, set dom.webgpu.enabled to true and restart Firefox.',
  blocked:
    'In about:config, set gfx.webgpu.ignore-blocklist to true and restart Firefox: it refuses software adapters, such as llvmpipe, and some drivers.',
};

// From the implementation status of gpuweb, the compatibility data of MDN (8.1), and trials with Firefox 153 and Chromium
// 138 to 156 on Linux.
const entries: readonly Entry[] = [
  {
    family: 'Chrome',
    systems: ['Windows', 'macOS', 'ChromeOS'],
    title: 'Chrome or Edge on Windows, macOS or ChromeOS',
    since: 113,
    enable: [CHROME_REPORT, 'On Windows for ARM, set chrome://flags/#enable-unsafe-webgpu to Enabled.'],
    adapter: [
      'In the settings, under System, turn on "Use graphics acceleration when available" and restart the browser.',
      CHROME_REPORT,
    ],
  },
  {
    family: 'Chrome',
    systems: ['Linux'],
    title: 'Chrome on Linux',
    since: 144,
    enable: ON_CHROME_LINUX,
    adapter: ON_CHROME_LINUX,
  },
  {
    family: 'Chrome',
    systems: ['Android'],
    title: 'Chrome on Android',
    since: 121,
    enable: ['WebGPU needs Android 12 or later; with an Imagination GPU, Android 16 and version 139.'],
    adapter: ['WebGPU needs Android 12 or later; with an Imagination GPU, Android 16 and version 139.'],
  },
  {
    family: 'Safari',
    systems: ['macOS'],
    title: 'Safari on macOS',
    since: 26,
    enable: ['Update to macOS 26 or later.', 'Turn WebGPU on in the settings, under Feature Flags.'],
    adapter: ['Update to the latest macOS.'],
  },
  {
    family: 'Safari',
    systems: ['iOS'],
    title: 'Any browser on iPhone or iPad',
    since: 26,
    enable: ['Update to iOS 26 or iPadOS 26 or later: every browser there uses the engine of the system.'],
    adapter: ['Update to the latest iOS or iPadOS.'],
  },
  {
    family: 'Firefox',
    systems: ['Windows'],
    title: 'Firefox on Windows',
    since: 141,
    enable: [IN_FIREFOX.enabled],
    adapter: ['Update the graphics driver.', IN_FIREFOX.blocked],
  },
  {
    family: 'Firefox',
    systems: ['macOS'],
    title: 'Firefox on macOS',
    since: 147,
    enable: ['WebGPU needs a Mac with Apple silicon. On an Intel Mac, use Chrome or Safari.', IN_FIREFOX.enabled],
    adapter: [IN_FIREFOX.blocked],
  },
  {
    family: 'Firefox',
    systems: ['Linux'],
    title: 'Firefox on Linux',
    since: 152,
    enable: [
      IN_FIREFOX.enabled,
      'Without a GPU, set gfx.webgpu.ignore-blocklist to true as well: Firefox refuses software adapters, such as llvmpipe.',
    ],
    adapter: [IN_FIREFOX.blocked, 'Install the Vulkan driver of the GPU; without a GPU, Mesa.'],
  },
  {
    family: 'Firefox',
    systems: ['Android'],
    title: 'Firefox on Android',
    enable: ['It has no WebGPU. Use Chrome.'],
    adapter: ['Use Chrome.'],
  },
  {
    family: 'WebKitGTK',
    systems: ['Linux'],
    title: 'GNOME Web and other browsers on WebKitGTK',
    enable: ['They have no WebGPU. Use Chrome or Firefox.'],
    adapter: ['Use Chrome or Firefox.'],
  },
];

/** As far as a user agent tells: those of macOS, Windows and Android hide the version of the system. */
export interface Browser {
  readonly family?: Family;
  readonly version?: number;
  readonly system?: System;
}

const SYSTEMS: readonly (readonly [System, RegExp])[] = [
  ['iOS', /iPhone|iPad|iPod/],
  ['Android', /Android/],
  ['ChromeOS', /CrOS/],
  ['Windows', /Windows NT/],
  ['macOS', /Macintosh/],
  ['Linux', /Linux|X11/],
];
// In this order: Chrome names Safari too.
const FAMILIES: readonly (readonly [Family, RegExp])[] = [
  ['Firefox', /Firefox\/(\d+)/],
  ['Chrome', /Chrom(?:e|ium)\/(\d+)/],
  ['Safari', /Version\/(\d+).*Safari\//],
];

export function browserOf(userAgent: string): Browser {
  const system = SYSTEMS.find(([, sign]) => sign.test(userAgent))?.[0];
  // Whatever it calls itself, and its own version says nothing about the engine.
  if (system === 'iOS') return { family: 'Safari', version: numberIn(/Version\/(\d+).*Safari\//, userAgent), system };
  const [family, sign] = FAMILIES.find(([, sign]) => sign.test(userAgent)) ?? [];
  if (family === undefined) return { system };
  if (family === 'Safari' && system === 'Linux') return { family: 'WebKitGTK', system };
  return { family, version: numberIn(sign!, userAgent), system };
}

function numberIn(pattern: RegExp, text: string): number | undefined {
  const found = pattern.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}

export function adviceFor(missing: Missing, around: Surroundings = surroundings()): Advice {
  const browser = browserOf(around.userAgent);
  const { family, system } = browser;
  const isOn = ({ systems }: Entry): boolean => system === undefined || systems.includes(system);
  const mine = entries.find((entry) => entry.family === family && system !== undefined && isOn(entry));
  const elsewhere = entries.filter((entry) => entry !== mine && entry.since !== undefined && isOn(entry));
  // Over plain http WebGPU is hidden, whatever the browser has.
  const known = mine && around.isSecure ? stepsOf(mine, missing, browser.version) : [];
  const steps = [...placeSteps(missing, around), ...known];
  return {
    ...(steps.length > 0 && { here: { title: titleOf(browser), steps } }),
    elsewhere: elsewhere.map((entry) => ({ title: entry.title, steps: stepsOf(entry, 'webgpu') })),
  };
}

function surroundings(): Surroundings {
  return {
    userAgent: globalThis.navigator?.userAgent ?? '',
    isSecure: globalThis.isSecureContext ?? true,
    scope: Object.prototype.toString.call(globalThis).slice(8, -1),
  };
}

function titleOf({ family, version, system }: Browser): string {
  if (!family || !system) return 'This browser';
  if (system === 'iOS') return 'iPhone and iPad';
  return `${family}${version === undefined ? '' : ` ${version}`} on ${system}`;
}

/** What depends on the place of a program, not on the browser. */
function placeSteps(missing: Missing, { isSecure, scope }: Surroundings): string[] {
  if (missing !== 'webgpu') return [];
  const isShared = /^(Service|Shared)Worker/.test(scope);
  return [
    ...(isSecure
      ? []
      : ['Browsers offer WebGPU only over https and on localhost; this page was loaded over plain http.']),
    ...(isShared ? ['WebGPU may be missing in service and shared workers: use a page or a dedicated worker.'] : []),
  ];
}

function stepsOf({ since, enable, adapter }: Entry, missing: Missing, version?: number): string[] {
  const steps = missing === 'webgpu' ? enable : adapter;
  if (since === undefined || (version !== undefined && version >= since)) return [...steps];
  return [version === undefined ? `Use version ${since} or later.` : `Update to version ${since} or later.`, ...steps];
}
