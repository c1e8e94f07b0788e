/*
 * Keeps the built page for visits without a network. FILES are the addresses of everything that this version consists of, MAIN
 * the one that its index.html names, and VERSION a digest of them; the build puts them in. The names of files hold a digest of
 * their content, so that a page that is open gets its own files, whatever version has come since.
 */
const OWN = `retrograd ${registration.scope} `;
const CACHE = OWN + VERSION;

addEventListener('install', (event) => event.waitUntil(install()));
addEventListener('activate', (event) => event.waitUntil(activate()));
addEventListener('fetch', (event) => {
  const { method, url } = event.request;
  if (method === 'GET' && url.startsWith(registration.scope)) event.respondWith(answer(event.request));
});

/** Takes all files, the page last, or is refused: an index.html of another version would ask for other files. */
async function install() {
  const cache = await caches.open(CACHE);
  await cache.addAll(FILES);
  const page = await fetch('./', { cache: 'reload' });
  if (!page.ok || !(await page.clone().text()).includes(MAIN)) throw new Error('the server has another version');
  await cache.put('./', page);
  await skipWaiting();
}

/** Pages of the version before may be open still, and load parts of it. A version that was refused has no page. */
async function activate() {
  const others = (await caches.keys()).filter((name) => name.startsWith(OWN) && name !== CACHE);
  const pages = await Promise.all(others.map(async (name) => (await caches.open(name)).match('./')));
  const before = others.findLast((_, i) => pages[i]);
  await Promise.all(others.filter((name) => name !== before).map((name) => caches.delete(name)));
  await clients.claim();
}

async function answer(request) {
  const { pathname } = new URL(request.url);
  const isPage = [
    new URL('./', registration.scope).pathname,
    new URL('index.html', registration.scope).pathname,
  ].includes(pathname);
  const kept = isPage
    ? await (await caches.open(CACHE)).match('./')
    : await caches.match(request, { ignoreVary: true });
  return kept ?? fetch(request);
}
