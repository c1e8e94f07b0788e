import { Header } from './header/header.tsx';
import { Tabbed } from './tabs/tabbed.tsx';
import { tabs } from './tabs/tabs.ts';

export const Page = () => (
  <>
    <Header />
    <Tabbed tabs={tabs} />
  </>
);
