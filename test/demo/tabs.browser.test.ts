/** The bar of tabs, with two tabs that are not of the page. */
import axe from 'axe-core';
import { type ComponentType, h, render } from 'preact';
import { act } from 'preact/test-utils';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseAddress, settingsOf } from '../../demo/mnist/page/tabs/open-tab.ts';
import { Tabbed } from '../../demo/mnist/page/tabs/tabbed.tsx';
import type { Tab } from '../../demo/mnist/page/tabs/tabs.ts';

/** Ids of the tabs that were loaded, in order. */
const loaded: string[] = [];
const says =
  (text: string): ComponentType =>
  () =>
    h('p', {}, text);
const tabOf = (id: string, load: Tab['load'] = async () => says(`this is ${id}`)): Tab => ({
  id,
  title: `The ${id}`,
  load: () => {
    loaded.push(id);
    return load();
  },
});
const one = tabOf('one', () => says('this is one'));

let page: HTMLElement;
beforeEach(() => {
  loaded.length = 0;
  page = document.body.appendChild(document.createElement('main'));
});
afterEach(async () => {
  render(null, page);
  page.remove();
  await goTo('');
});

const show = (...tabs: Tab[]) => act(() => render(h(Tabbed, { tabs }), page));
const panel = () => page.querySelector('[role=tabpanel]')?.textContent;
const selected = () => page.querySelector<HTMLElement>('[aria-selected=true]')!;
const press = (key: string) =>
  document.activeElement!.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
async function goTo(hash: string): Promise<void> {
  if (location.hash === hash) return;
  const changed = new Promise((done) => addEventListener('hashchange', done, { once: true }));
  location.hash = hash;
  await changed;
}

describe('tabs', () => {
  test('one tab has no bar', async () => {
    await show(one);
    await expect.poll(() => page.innerHTML).toBe('<p>this is one</p>');
  });

  test('the first is open from the start, and the others are loaded when they are opened', async () => {
    await show(one, tabOf('two'));
    await expect.poll(panel).toBe('this is one');
    expect(loaded).toEqual(['one']);
    page.querySelectorAll<HTMLElement>('[role=tab]')[1].click();
    await expect.poll(panel).toBe('this is two');
    expect([location.hash, loaded]).toEqual(['#/two', ['one', 'two']]);
    await goTo('#/one');
    await expect.poll(panel).toBe('this is one');
  });

  test('arrow keys open the next one, round and round, and take the focus along', async () => {
    await show(one, tabOf('two'), tabOf('three'));
    selected().focus();
    const visited: (string | null)[] = [];
    for (const key of ['ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowLeft', 'Home', 'End']) {
      const before = selected().textContent;
      press(key);
      await expect.poll(() => selected().textContent).not.toBe(before);
      expect(document.activeElement).toBe(selected());
      visited.push(selected().textContent);
    }
    expect(visited).toEqual(['The two', 'The three', 'The one', 'The three', 'The one', 'The three']);
    const stops = [...page.querySelectorAll<HTMLElement>('[role=tab]')].filter(({ tabIndex }) => tabIndex === 0);
    expect(stops).toEqual([selected()]);
  });

  test('a tab that cannot be loaded says so, and can be tried again', async () => {
    let isDown = true;
    const shaky = tabOf('shaky', async () => {
      if (isDown) throw new TypeError('no network');
      return says('here it is');
    });
    await goTo('#/shaky');
    await show(one, shaky);
    await expect.poll(panel).toContain('could not be loaded');
    isDown = false;
    page.querySelector<HTMLElement>('[role=alert] button')!.click();
    await expect.poll(panel).toBe('here it is');
  });

  test('an address that names none of them opens the first, and axe finds nothing', async () => {
    await goTo('#/nowhere');
    await show(one, tabOf('two'));
    await expect.poll(panel).toBe('this is one');
    const { violations } = await axe.run(page);
    expect(violations.map(({ id }) => id)).toEqual([]);
  });
});

test('an address names a tab and its settings', async () => {
  expect(parseAddress('#/plane?noise=2&seed=1')).toEqual({ tab: 'plane', settings: 'noise=2&seed=1' });
  expect(parseAddress('#/plane')).toEqual({ tab: 'plane', settings: '' });
  expect(parseAddress('#data=mnist')).toEqual({ tab: 'digits', settings: 'data=mnist' });
  expect(parseAddress('#training')).toEqual({ tab: 'digits', settings: 'training' });
  await goTo('#/plane?noise=2');
  expect([settingsOf('plane'), settingsOf('digits')]).toEqual(['noise=2', '']);
});
