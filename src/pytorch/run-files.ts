/** The files that train an exported net further: they are the same for every net. */
import data from './python/data.py';
import draws from './python/draws.py';
import layers from './python/layers.py';
import losses from './python/losses.py';
import schedule from './python/schedule.py';
import train from './python/train.py';

/** Texts by name. */
export const runFiles: Readonly<Record<string, string>> = {
  'data.py': data,
  'draws.py': draws,
  'layers.py': layers,
  'losses.py': losses,
  'schedule.py': schedule,
  'train.py': train,
};
