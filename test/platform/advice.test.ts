/** What is said where WebGPU is missing, by the user agents that browsers send. */
import { describe, expect, test } from 'vitest';
import type { Missing } from '../../src/base/errors.ts';
import { adviceFor, browserOf } from '../../src/platform/advice.ts';

const webkit = 'AppleWebKit/537.36 (KHTML, like Gecko)';
const mac = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)';
const agents = {
  chromeOnWindows: `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webkit} Chrome/158.0.0.0 Safari/537.36`,
  oldChrome: `Mozilla/5.0 (Windows NT 6.1; Win64; x64) ${webkit} Chrome/109.0.0.0 Safari/537.36`,
  edge: `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webkit} Chrome/158.0.0.0 Safari/537.36 Edg/158.0.0.0`,
  chromeOnMac: `${mac} ${webkit} Chrome/158.0.0.0 Safari/537.36`,
  chromeBook: `Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${webkit} Chrome/158.0.0.0 Safari/537.36`,
  chromeOnLinux: `Mozilla/5.0 (X11; Linux x86_64) ${webkit} Chrome/158.0.0.0 Safari/537.36`,
  oldChromeOnLinux: `Mozilla/5.0 (X11; Linux x86_64) ${webkit} Chrome/143.0.0.0 Safari/537.36`,
  headless: `Mozilla/5.0 (X11; Linux x86_64) ${webkit} HeadlessChrome/156.0.0.0 Safari/537.36`,
  chromeOnAndroid: `Mozilla/5.0 (Linux; Android 10; K) ${webkit} Chrome/158.0.0.0 Mobile Safari/537.36`,
  samsung: `Mozilla/5.0 (Linux; Android 10; K) ${webkit} SamsungBrowser/29.0 Chrome/136.0.0.0 Mobile Safari/537.36`,
  safari: `${mac} AppleWebKit/605.1.15 (KHTML, like Gecko) Version/27.2 Safari/605.1.15`,
  oldSafari: `${mac} AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15`,
  iPhone:
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1',
  chromeOnIPhone:
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/158.0.7890.12 Mobile/15E148 Safari/604.1',
  firefoxOnIPad:
    'Mozilla/5.0 (iPad; CPU OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/161.0 Mobile/15E148 Safari/605.1.15',
  firefoxOnWindows: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:161.0) Gecko/20100101 Firefox/161.0',
  esrOnWindows: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0',
  firefoxOnMac: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:161.0) Gecko/20100101 Firefox/161.0',
  oldFirefoxOnMac: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:144.0) Gecko/20100101 Firefox/144.0',
  firefoxOnLinux: 'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0',
  esrOnLinux: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  firefoxOnAndroid: 'Mozilla/5.0 (Android 15; Mobile; rv:161.0) Gecko/161.0 Firefox/161.0',
  gnomeWeb:
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15 Epiphany/605.1.15',
  curl: 'curl/8.14.1',
};

const advice = (name: keyof typeof agents, missing: Missing = 'webgpu', around = {}) =>
  adviceFor(missing, { userAgent: agents[name], isSecure: true, scope: 'DedicatedWorkerGlobalScope', ...around });
const told = (name: keyof typeof agents, missing: Missing = 'webgpu', around = {}) =>
  advice(name, missing, around).here?.steps.join(' ') ?? '';

describe('browserOf', () => {
  test.each([
    ['chromeOnWindows', { family: 'Chrome', version: 158, system: 'Windows' }],
    ['edge', { family: 'Chrome', version: 158, system: 'Windows' }],
    ['chromeOnMac', { family: 'Chrome', version: 158, system: 'macOS' }],
    ['chromeBook', { family: 'Chrome', version: 158, system: 'ChromeOS' }],
    ['chromeOnLinux', { family: 'Chrome', version: 158, system: 'Linux' }],
    ['headless', { family: 'Chrome', version: 156, system: 'Linux' }],
    ['chromeOnAndroid', { family: 'Chrome', version: 158, system: 'Android' }],
    ['samsung', { family: 'Chrome', version: 136, system: 'Android' }],
    ['safari', { family: 'Safari', version: 27, system: 'macOS' }],
    ['iPhone', { family: 'Safari', version: 18, system: 'iOS' }],
    // The version of such a browser is not that of the engine.
    ['chromeOnIPhone', { family: 'Safari', version: undefined, system: 'iOS' }],
    ['firefoxOnIPad', { family: 'Safari', version: undefined, system: 'iOS' }],
    ['firefoxOnWindows', { family: 'Firefox', version: 161, system: 'Windows' }],
    ['firefoxOnMac', { family: 'Firefox', version: 161, system: 'macOS' }],
    ['firefoxOnLinux', { family: 'Firefox', version: 153, system: 'Linux' }],
    ['firefoxOnAndroid', { family: 'Firefox', version: 161, system: 'Android' }],
    ['gnomeWeb', { family: 'WebKitGTK', system: 'Linux' }],
    ['curl', { system: undefined }],
  ] as const)('%s', (name, expected) => {
    expect(browserOf(agents[name])).toEqual(expected);
  });
});

describe('in this browser', () => {
  test('Firefox on Linux without WebGPU: both settings, since a software adapter takes the second too', () => {
    expect(told('firefoxOnLinux')).toMatch(/dom\.webgpu\.enabled.*Without a GPU.*gfx\.webgpu\.ignore-blocklist/);
    expect(told('firefoxOnLinux')).not.toMatch(/version/);
    expect(told('esrOnLinux')).toMatch(/^Update to version 152 or later\. .*dom\.webgpu\.enabled/);
  });

  test('Firefox with WebGPU but no adapter: the blocklist, and not the setting that is set', () => {
    for (const name of ['firefoxOnLinux', 'firefoxOnWindows', 'firefoxOnMac'] as const) {
      expect(told(name, 'adapter')).toContain('gfx.webgpu.ignore-blocklist');
      expect(told(name, 'device')).toContain('gfx.webgpu.ignore-blocklist');
      expect(told(name, 'adapter')).not.toContain('dom.webgpu.enabled');
    }
  });

  test('Firefox elsewhere: the version that has it, and where none has', () => {
    expect(told('esrOnWindows')).toMatch(/^Update to version 141 or later/);
    expect(told('firefoxOnWindows')).toBe('In about:config, set dom.webgpu.enabled to true and restart Firefox.');
    expect(told('oldFirefoxOnMac')).toMatch(/^Update to version 147 or later.*Apple silicon/);
    expect(told('firefoxOnMac')).toMatch(/^WebGPU needs a Mac with Apple silicon/);
    expect(told('firefoxOnAndroid')).toMatch(/no WebGPU.*Chrome/);
    expect(told('firefoxOnAndroid')).not.toMatch(/about:config/);
  });

  test('Chrome: old ones are to be updated, others have it off, or no GPU', () => {
    expect(told('oldChrome')).toMatch(/^Update to version 113 or later/);
    expect(told('chromeOnWindows')).toMatch(/^See chrome:\/\/gpu/);
    expect(told('edge', 'adapter')).toMatch(/graphics acceleration/);
    expect(told('chromeOnAndroid')).toMatch(/^WebGPU needs Android 12/);
    expect(told('chromeBook', 'adapter')).toMatch(/graphics acceleration/);
  });

  test('Chrome on Linux: which GPUs, which flags, and the one for no GPU', () => {
    for (const missing of ['webgpu', 'adapter'] as const) {
      expect(told('chromeOnLinux', missing)).toMatch(/^WebGPU is on for Intel.*NVIDIA.*VulkanFromANGLE.*Without a GPU/);
    }
    expect(told('oldChromeOnLinux')).toMatch(/^Update to version 144 or later/);
  });

  test('Safari: the version, which is that of the system', () => {
    expect(told('oldSafari')).toMatch(/^Update to version 26 or later\. Update to macOS 26/);
    expect(told('safari')).toMatch(/Feature Flags/);
    expect(told('iPhone')).toMatch(/iOS 26/);
    expect(told('chromeOnIPhone')).toMatch(/iOS 26.*every browser/);
    expect(advice('chromeOnIPhone').here?.title).toBe('iPhone and iPad');
    expect(told('gnomeWeb')).toMatch(/no WebGPU.*Chrome or Firefox/);
  });

  test('over plain http that is all there is to say, also of a browser that is not known', () => {
    for (const name of ['chromeOnWindows', 'firefoxOnLinux', 'curl'] as const) {
      expect(told(name, 'webgpu', { isSecure: false })).toMatch(/^Browsers offer WebGPU only over https[^.]*http\.$/);
    }
  });

  test.each(['ServiceWorkerGlobalScope', 'SharedWorkerGlobalScope'])('in a %s: use another', (scope) => {
    expect(told('firefoxOnWindows', 'webgpu', { scope })).toMatch(
      /^WebGPU may be missing in service and shared workers.*dedicated worker/,
    );
    expect(told('firefoxOnWindows', 'adapter', { scope })).not.toMatch(/worker/);
  });
});

describe('elsewhere', () => {
  const titles = (name: keyof typeof agents) => advice(name).elsewhere.map(({ title }) => title);

  test('are the other browsers of the same system that have WebGPU', () => {
    expect(titles('firefoxOnLinux')).toEqual(['Chrome on Linux']);
    expect(titles('gnomeWeb')).toEqual(['Chrome on Linux', 'Firefox on Linux']);
    expect(titles('safari')).toEqual(['Chrome or Edge on Windows, macOS or ChromeOS', 'Firefox on macOS']);
    expect(titles('chromeOnAndroid')).toEqual([]);
    expect(titles('firefoxOnAndroid')).toEqual(['Chrome on Android']);
    expect(titles('iPhone')).toEqual([]);
  });

  test('say which version it takes', () => {
    for (const { steps } of advice('curl').elsewhere) expect(steps[0]).toMatch(/^Use version \d+ or later\.$/);
  });

  test('are all of them for a browser that is not known', () => {
    expect(advice('curl').here).toBeUndefined();
    expect(titles('curl')).toHaveLength(8);
  });
});

test('where it runs is found out', () => {
  const isBrowser = typeof document !== 'undefined';
  expect(adviceFor('adapter').here !== undefined).toBe(isBrowser);
});
