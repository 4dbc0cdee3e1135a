// Whether a metric rises or falls as a model gets better, told from its name alone; must not know values or the gate.

/** `higher`: more is better; `lower`: less is better; `unknown`: the name does not say. */
export type MetricDirection = 'higher' | 'lower' | 'unknown';

/**
 * English names, as words in lower case between single spaces. The vendor's manual lists Accuracy, Precision, Recall,
 * F-score, AUC, RMSE, mean and median absolute error, median error ratio and coefficient of determination but no
 * spelling of them in files; the rest is what the field calls its metrics.
 */
const FALLING_WORDS =
  / (?:(?:rm|m)s(?:l?e|d)|(?:s|w)?m?ape|m(?:ed)?a[ed]|mdae|mase|[rn]*rmse|rae|rse|nll|ece|errors?|loss(?:es)?|logloss|deviations?|std ?dev|deviance|residuals?|cross ?entropy|entropy|perplexity|brier|misclassif\w*|false (?:positives?|negatives?|alarms?|discovery|omission)|fpr|fnr|fdr|wer|cer|inaccuracy|distance|divergence) /;
const RISING_WORDS =
  / (?:accuracy|acc|precision|recall|sensitivity|specificity|selectivity|f ?(?:\d|beta)(?: \d)?(?: ?(?:scores?|measures?|values?))?|f ?(?:scores?|measures?|values?)|auc|auroc|auprc|aucroc|aucpr|rocauc|prauc|average precision|map|ap|ndcg|mrr|gini|lift|r ?(?:2|squared?|sq)|rsq|determination|explained variance|correlation|pearson|spearman|kendall|kappa|mcc|jaccard|iou|dice|likelihood|true (?:positives?|negatives?)|(?:positive|negative) predictive|tpr|tnr|ppv|npv|g ?mean|bleu|rouge|hit rate|concordance) /;
/** Weak: only where nothing else is in the name. */
const SCORE = / scores? /;

/** Japanese has no spaces: parts of words. `クロス` (cross) is no loss. */
const FALLING_PARTS =
  /誤差|誤り|誤分類|誤判定|誤検[出知]|誤答|誤報|エラー|(?<!ク)ロス|損失|偏差|残差|不正解|不一致|偽陽性|偽陰性|見逃し|乖離|クロスエントロピー|交差エントロピー|距離/g;
const RISING_PARTS =
  /正解率|正答率|正確[度性]|精度|適合率|再現率|f(?:\d|β)?\s*(?:値|スコア|尺度)|決定係数|的中率|一致|感度|特異度|相関|真陽性|真陰性|カバー率|尤度/g;

/**
 * Tells by name which way a metric gets better. Case, width and separators do not count; a name that says both
 * (`accuracy loss`) or stands for the opposite of a number (`1 - AUC`) says nothing.
 */
export function metricDirection(name: string): MetricDirection {
  const known = name
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .normalize('NFKC')
    .toLowerCase();
  if (/^\s*1\s*[-−–]/.test(known)) return 'unknown';
  const words = ` ${known.replace(/[^\p{L}\p{N}]+/gu, ' ').trim()} `;
  // `neg_mean_squared_error` is how a library turns an error into a score.
  const isNegated = / (?:neg|negative) (?!predictive|rate)/.test(words) && !/ (?:false|true) neg/.test(words);
  const direction = directionOf(words);
  return isNegated ? OPPOSITE[direction] : direction;
}

const OPPOSITE: Readonly<Record<MetricDirection, MetricDirection>> = {
  higher: 'lower',
  lower: 'higher',
  unknown: 'unknown',
};

function directionOf(words: string): MetricDirection {
  // What falls is taken out first: `不正解率` holds `正解率`.
  const rest = words.replace(FALLING_PARTS, ' ');
  const falls = rest !== words || FALLING_WORDS.test(words);
  const rises = rest.match(RISING_PARTS) !== null || RISING_WORDS.test(words);
  if (falls && rises) return 'unknown';
  if (falls) return 'lower';
  return rises || SCORE.test(words) ? 'higher' : 'unknown';
}
