// What a browser computes on.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

// An adapter that gives no device is no adapter. WebGPU is there for secure pages only, and localhost is one. Firefox hides the
// names of adapters.
const probe = `
  import * as playwright from 'playwright';
  const [family, options] = JSON.parse(process.argv[1]);
  const browser = await playwright[family].launch(options);
  const page = await browser.newPage();
  await page.route('**', (route) => route.fulfill({ contentType: 'text/html', body: '' }));
  await page.goto('http://localhost/');
  const adapter = await page.evaluate(async () => {
    const adapter = await navigator.gpu?.requestAdapter();
    const device = await adapter?.requestDevice();
    device?.destroy();
    const { vendor, architecture, isFallbackAdapter } = adapter?.info ?? {};
    const kind = isFallbackAdapter ? 'a software adapter' : 'an adapter without a name';
    return device ? [vendor, architecture].filter(Boolean).join(' ') || kind : null;
  });
  console.log(JSON.stringify({ version: browser.version(), adapter }));
  await browser.close();
`;

/**
 * The version of a browser and its adapter, with more variables in its environment. Throws where it does not start or has no
 * adapter.
 * @param {'chromium' | 'firefox'} family
 * @param {import('playwright').LaunchOptions} options
 */
export function probeBrowser(family, options, environment = {}) {
  const { executablePath } = options;
  const { stdout, stderr, error } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', probe, '--', JSON.stringify([family, options])],
    {
      cwd: fileURLToPath(new URL('..', import.meta.url)),
      env: { ...process.env, ...environment },
      encoding: 'utf8',
      timeout: 60_000,
    },
  );
  const found = /^\{.*\}$/m.exec(stdout);
  // What the browser itself complains of, or else Playwright.
  const reason = error?.message ?? (/\[err\] (.*)/.exec(stderr) ?? /^(?:browser.*|Error): (.*)$/m.exec(stderr))?.[1];
  if (!found) throw new Error(`${executablePath} failed to start: ${reason ?? stderr.trim()}`);
  const { version, adapter } = JSON.parse(found[0]);
  if (!adapter) throw new Error(`${executablePath} (${version}) has no WebGPU adapter`);
  return { version, adapter };
}
