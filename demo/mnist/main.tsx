import { render } from 'preact';
import { Page } from './page/page.tsx';
import { begin } from './page/state.ts';
import './page/style.css';

render(<Page />, document.body);
begin();
