// First, so that the files of the parts can override it.
import './page/shared/style.css';
import { render } from 'preact';
import { Page } from './page/page.tsx';

render(<Page />, document.body);

// Made by the build alone; once there is nothing else to load. Where a browser forbids it, the page needs the network.
if (import.meta.env.PROD) {
  addEventListener('load', () => void navigator.serviceWorker?.register('service-worker.js').catch(() => {}));
}
