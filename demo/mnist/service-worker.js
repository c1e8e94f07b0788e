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

/** Takes all files, or none: an index.html of another version would ask for others. */
async function install() {
  const cache = await caches.open(CACHE);
  await cache.addAll(FILES);
  const page = await fetch('./', { cache: 'reload' });
  if (!page.ok || !(await page.clone().text()).includes(MAIN)) throw new Error('the server has another version');
  await cache.put('./', page);
  await skipWaiting();
}

/** Pages of the version before may be open still, and load parts of it. */
async function activate() {
  const others = (await caches.keys()).filter((name) => name.startsWith(OWN) && name !== CACHE);
  await Promise.all(others.slice(0, -1).map((name) => caches.delete(name)));
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
