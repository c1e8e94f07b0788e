/** What to do in which browser where WebGPU is missing. */
export type Browser = 'chromium' | 'safari' | 'firefox';

export interface Advice {
  readonly title: string;
  readonly steps: readonly string[];
}

const LINUX_FLAGS =
  '--enable-unsafe-webgpu --ozone-platform=x11 --use-angle=vulkan --enable-features=Vulkan,VulkanFromANGLE';

export const advice: Record<Browser | 'linux', Advice> = {
  chromium: {
    title: 'Chrome and Edge on Windows, macOS, ChromeOS and Android',
    steps: [
      'Use version 113 or later; on Android, 121 or later and Android 12 or later.',
      'In the settings, under System, switch on "Use graphics acceleration when available".',
      'chrome://gpu (edge://gpu) says under WebGPU why it is off.',
    ],
  },
  linux: {
    title: 'Chrome on Linux',
    steps: [
      'It is on with Intel Gen12 or later (from version 144) and NVIDIA (from version 147, driver 535 or later).',
      `On other GPUs, start the browser with ${LINUX_FLAGS}`,
      'The Vulkan driver has to be installed; chrome://gpu says under Vulkan and WebGPU what is missing.',
    ],
  },
  safari: {
    title: 'Safari on Mac, iPhone and iPad',
    steps: ['Use Safari 26 or later, which comes with macOS 26, iOS 26 and iPadOS 26.'],
  },
  firefox: {
    title: 'Firefox',
    steps: [
      'On Windows, use version 141 or later; on a Mac with Apple silicon, 147 or later.',
      'On Linux, use Firefox Nightly, or set dom.webgpu.enabled in about:config.',
    ],
  },
};

/** Roughly: every browser on iOS is Safari within, and every other that names itself Chrome is Chromium. */
export function browserOf(userAgent: string): Browser | undefined {
  if (/iPhone|iPad/.test(userAgent)) return 'safari';
  if (/Firefox\//.test(userAgent)) return 'firefox';
  if (/Chrom(e|ium)\//.test(userAgent)) return 'chromium';
  return /Safari\//.test(userAgent) ? 'safari' : undefined;
}

/** All of it, what concerns this browser first; how much of it that is. */
export function adviceFor(userAgent: string): { readonly mine?: Advice; readonly others: readonly Advice[] } {
  const browser = browserOf(userAgent);
  const isLinux = /Linux/.test(userAgent) && !/Android/.test(userAgent);
  const mine = browser && advice[browser === 'chromium' && isLinux ? 'linux' : browser];
  return { mine, others: Object.values(advice).filter((one) => one !== mine) };
}
