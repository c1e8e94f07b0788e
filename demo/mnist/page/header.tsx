import { Adapter } from './header/adapter.tsx';
import './header/header.css';
import { Navigation } from './header/navigation.tsx';
import { ThemeSwitch } from './header/theme-switch.tsx';

export const Header = () => (
  <>
    <header class="header">
      <h1 class="header-name">
        <span class="header-mark" aria-hidden="true">
          ∂
        </span>
        retrograd
      </h1>
      <p class="header-promise">
        Watch a neural network learn handwritten digits on your own GPU, and inspect every quantity of backpropagation
        as it happens.
      </p>
      <Adapter />
      <ThemeSwitch />
    </header>
    <Navigation />
  </>
);
