// Which way a metric gets better, by its name alone.
import { describe, expect, test } from '@jest/globals';
import { metricDirection } from '../../src/results/metric-direction.js';

describe('A score rises:', () => {
  test.each([
    ...['Accuracy', 'ACCURACY', 'accuracy_score', 'Balanced accuracy', 'Top-5 accuracy', 'Ａｃｃｕｒａｃｙ'],
    ...[
      'Precision',
      'precision (macro)',
      'Average Precision',
      'Recall',
      'macro-averaged Recall',
      'Sensitivity',
    ],
    ...[
      'F-score',
      'F score',
      'F1',
      'F1-score',
      'f1Score',
      'F_1',
      'F2 measure',
      'F-measure',
      'F値',
      'Ｆ値',
      'Ｆ１スコア',
    ],
    ...[
      'AUC',
      'ROC AUC',
      'AUC-ROC',
      'PR_AUC',
      'AUROC',
      'R2',
      'R²',
      'R^2',
      'R-squared',
      'RSquared',
      'Adjusted R2',
    ],
    ...[
      'Coefficient of determination',
      'Correlation',
      'Cohen’s kappa',
      'MCC',
      'Gini',
      'Model score',
      'Log likelihood',
    ],
    ...[
      '正解率',
      '正答率',
      '適合率',
      '再現率',
      '予測精度',
      '決定係数',
      'クロスバリデーション精度',
      '正解率 (Accuracy)',
      '平均適合率',
    ],
    ...['True positive rate', 'True negative rate', 'Negative predictive value', 'neg_mean_squared_error'],
  ])('%s', name => {
    expect(metricDirection(name)).toBe('higher');
  });
});

describe('An error falls:', () => {
  test.each([
    ...[
      'RMSE',
      'rmse',
      'MSE',
      'MAE',
      'MAPE',
      'SMAPE',
      'RMSLE',
      'Root mean squared error',
      'meanAbsoluteError',
    ],
    ...[
      'Median absolute error',
      'Median error ratio',
      'Error rate',
      'Errors',
      'Test_Error',
      'Log loss',
      'logLoss',
    ],
    ...[
      'LogLoss',
      'Cross-entropy',
      'Loss',
      'Standard deviation',
      'Brier score',
      'False positive rate',
      'FPR',
    ],
    ...['False negative rate', 'Misclassification rate', 'Inaccuracy', 'Negative log likelihood'],
    ...[
      '誤差',
      '平均二乗誤差',
      '平均絶対誤差',
      '誤差率の中央値',
      '誤り率',
      '誤分類率',
      'エラー率',
      'ｴﾗｰ率',
      'ロス',
      'ログロス',
      '損失',
      '偏差',
    ],
    ...['不正解率', '偽陽性率', 'クロスエントロピー'],
  ])('%s', name => {
    expect(metricDirection(name)).toBe('lower');
  });
});

describe('A name that does not say it:', () => {
  test.each([
    ...[
      '',
      ' ',
      '指標',
      'Number of rows',
      'Threshold',
      'Training time',
      'Support',
      'x',
      'F',
      'Mapped rows',
      'Glossary',
    ],
    ...['Accuracy loss', '精度の誤差', '1 - AUC', '1−Accuracy', 'クロス', 'Terror'],
  ])('%j', name => {
    expect(metricDirection(name)).toBe('unknown');
  });
});
