import { signal } from '@preact/signals';

/** The tensor that is pointed at: its symbols and its picture light up together. */
const lit = signal<string>();

export const isLit = (tensor: string): boolean => lit.value === tensor;

/** For the element that stands for the tensor. */
export const lighting = (tensor: string) => ({
  onPointerEnter: () => {
    lit.value = tensor;
  },
  onPointerLeave: () => {
    lit.value = undefined;
  },
});
