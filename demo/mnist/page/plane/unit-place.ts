/** A unit, by its layer from 0; the last layer is the output. */
export interface UnitPlace {
  readonly layer: number;
  readonly unit: number;
}
