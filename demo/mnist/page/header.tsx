import { machine, status } from './state.ts';

export const Header = () => (
  <header class="header">
    <h1>retrograd</h1>
    <p>
      {machine.value?.name} {status.value}
    </p>
  </header>
);
