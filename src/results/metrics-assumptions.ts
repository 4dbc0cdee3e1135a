// Everything the vendor does not document about the results' tables, as data in one place; must not know how it is used.

/** Documented: the files' base names, here without `.csv`. ASSUMPTION: any letter case, anywhere in the ZIP. */
export const FILE_NAMES = {
  metrics: /^metrics$/i,
  comparison: /^metrics_comparison$/i,
  contributions: /^analysis_summary/i,
  confusion: /^confusion_matrix/i,
} as const;

/** Documented for two files, assumed for their kin. */
export const PREVIOUS_MODEL_FILE = /_previous_model$/i;

/** More is no list of metrics. */
export const MAX_METRICS = 1000;
/** What a list of so many metrics can hold: two models, each with a row of its own, and columns beside the values. */
export const MAX_METRICS_CELLS = 20 * MAX_METRICS;

/**
 * What a header word can say. `other` is a column that belongs to no model alone, such as a difference or a spread;
 * `filler` says nothing.
 */
export type WordMeaning = 'new' | 'previous' | 'other' | 'name' | 'value' | 'model' | 'filler';

/**
 * ASSUMPTION: headers are not documented. Latin words count whole, in any letter case; Japanese ones anywhere, the
 * longest first. Words that people use for either model are left out on purpose: last, 現在, 現行.
 */
export const HEADER_WORDS: Readonly<Record<WordMeaning, string>> = {
  new: `new newer newest current latest retrained updated candidate challenger proposed after
    next this retrain refreshed tuned finetuned post treatment canary today
    今回 新 新規 新しい 最新 更新後 再学習 再学習後 変更後 改訂後 学習後 次回 次期 候補 今 後`,
  previous: `previous prev old older prior former earlier before existing baseline original champion production deployed live
    prod orig incumbent base pre control stable yesterday
    前回 旧 古い 更新前 再学習前 変更前 改訂前 学習前 以前 直前 従来 既存 前 昨年 先月`,
  other: `diff diffs difference differences change changes changed delta δ gain improvement improved increase decrease
    ratio minus vs versus std stdev stddev sd se stderr deviation variance ci lower upper min max p pvalue count support
    threshold rank order better winner verdict judgement judgment unit note notes description target goal
    差 差分 差異 増減 増加 減少 変化 変化率 変化量 改善 向上 悪化 比 比率 標準偏差 標準誤差 分散 件数 閾値 しきい値 順位 判定 単位 備考 説明
    目標 信頼区間 下限 上限`,
  name: `metric metrics name names measure indicator item
    指標 指標名 評価指標 評価指標名 評価項目 項目 項目名 名前 名称 メトリック メトリクス 精度指標`,
  value: 'value values score scores result results 値 数値 評価値 指標値 スコア 結果',
  model: 'model models version モデル モデル名 バージョン',
  filler:
    'the of a an for in on s data evaluation performance の と を は が 用 時 分 評価 データ 更新 精度 性能',
};

/**
 * Headers, in lower case, that speak of one of the models and not clearly of which: neither their words nor their
 * order may be trusted.
 */
export const EITHER_MODEL_HEADER =
  /^(v|ver|version|rev|revision|run|gen|generation)[\s._-]*\d|^\d+(st|nd|rd|th)\b|\b(19|20)\d\d\b|\b(first|second|initial|final|active|inactive|in use|last|latter|recent|reference|test(ed)?|trained)\b|現|元|更新|改良|運用|稼働|使用|第?\d+(版|回|世代)/;

/** ASSUMPTION: names by which the product's metrics may go; they only tell whether names stand in rows or columns. */
export const KNOWN_METRICS =
  /accuracy|precision|recall|f[\s_-]?(score|measure|value|1)|\bauc\b|roc|rmse|\bmae\b|\bmse\b|\bmape\b|absolute error|error (ratio|rate)|\br[\s_-]?(2|squared)\b|determination|log[\s_-]?loss|specificity|sensitivity|正解率|正答率|適合率|再現率|精度|f値|誤差|決定係数|相関係数/;

/** ASSUMPTION: the header words of a table of contributions. */
export const CONTRIBUTION_WORDS = {
  column:
    /^(columns?|features?|items?|variables?|(column|feature|item|variable)[\s_-]*names?|names?|項目名?|列名?|変数名?|特徴量名?|データ項目名?)$/,
  value:
    /^((column|feature|mean|average|total)[\s_-]*)?(contributions?|importances?|weights?|values?|scores?)([\s_-]*(ratio|rate|degree|score|value|\(%\)|%))?$|^(平均)?(寄与度|寄与率|寄与|重要度|影響度|値)(\(%\))?$/,
} as const;

/** ASSUMPTION: the header of a column that only numbers the rows; a nameless one may do so too. */
export const ROW_NUMBER_HEADER = /^(|#|no\.?|index|idx|番号|行番号)$/;

/** ASSUMPTION: what stands where there is no value. */
export const NO_VALUE = /^(|[-‐‑–—―ー−*]+|\.+|n\/?a|nan|null|none|なし|無し|未計算|計算不可)$/;

/** ASSUMPTION: metrics that no model brings above 1, unless the file gives them in percent without saying so. */
export const AT_MOST_ONE =
  /accuracy|precision|recall|f[\s_-]?(score|measure|value|1)|(?<![a-z])(auc|roc)(?![a-z])|specificity|sensitivity|正解率|正答率|適合率|再現率|f値|%|percent|パーセント/;

/** ASSUMPTION: values below such a header are in percent without saying so one by one; they are not guessed at. */
export const PERCENT_HEADER = /%|percent|パーセント/;
