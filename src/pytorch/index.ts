/**
 * Nets and their training as folders for PyTorch.
 *
 * @module retrograd/pytorch
 */
export type { Bytes } from '../base/as-bytes.ts';
export type { Dataset, Field, FieldPart } from '../data/dataset.ts';
export type { TableColumn } from '../data/table-columns.ts';
export type { LayerActivation } from '../nn/layers/layer.ts';
export type { Savable } from '../saved/savable.ts';
export { type ExportPyTorchOptions, exportPyTorch } from './export-pytorch.ts';
