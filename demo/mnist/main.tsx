// First, so that the files of the parts can override it.
import './page/style.css';
import { render } from 'preact';
import { Page } from './page/page.tsx';
import { begin } from './page/state.ts';

render(<Page />, document.body);
begin();
