/** As RETROGRAD_NO_TUNING_CACHE in Node: no test finds what another has measured. */
import { platform } from '../../src/platform/platform.ts';

platform.store = () => undefined;
