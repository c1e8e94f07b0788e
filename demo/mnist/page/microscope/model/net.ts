import { effect, signal } from '@preact/signals';
import type { Config } from '../../../config.ts';
import type { DataSummary } from '../../../lab/protocol.ts';
import { config, machine, prepared, status } from '../../state/index.ts';

/** The net that is ready, with the configuration it was made for; undefined while another is being made. */
export const net = signal<{ readonly config: Config; readonly data: DataSummary }>();

/** Keeps `net` up to date for as long as the returned function is not called. */
export function followNet(): () => void {
  const stops = [
    effect(() => {
      const data = prepared.value?.data;
      void machine.value;
      if (data) net.value = { config: config.peek(), data };
    }),
    effect(() => {
      if (status.value === 'preparing') net.value = undefined;
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
