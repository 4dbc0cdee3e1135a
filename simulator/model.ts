// What every model can do: predict rows of cells; knows no way of learning.

/** What a model says of one row. */
export interface Prediction {
  /** The class; of a regression the number as text. */
  value: string;
  /** How likely each class is, 0 to 1; empty for a regression. */
  shares: ReadonlyMap<string, number>;
}

/** Predicts rows of feature cells in the order of the columns it was trained on. */
export interface Model {
  predict(rows: readonly (readonly string[])[]): Prediction[];
}
