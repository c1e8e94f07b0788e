// First, so that the files of the parts can override it.
import './page/shared/style.css';
import { render } from 'preact';
import { Page } from './page/page.tsx';

render(<Page />, document.body);
