/** What a menu of forms is made for. */
import type { Target } from '../../graph/op.ts';

/** A GPU that nothing is known of. */
export const PORTABLE: Target = { software: false, subgroup: 0 };

/** Lanes of a workgroup that several kernels share. */
export const sharedLanes = ({ software, subgroup: width }: Target): number => (software ? Math.max(8, width) : 64);
