// The errors that the vendor's API answers with, as data; must not know how they are told apart.
import type { Message } from './message.js';

const ANSWERED = 'The API answered with an error ({statusAndCode}){said?}';
const NOT_ACCEPTED =
  'The API does not accept the request as it was sent; api_url may point at something else.';
const OVERLOADED = 'The vendor’s service is overloaded, under maintenance or failing.';
const ANOTHER_JOB = "The API answered about another job: asked for '{asked}', got '{got}'.";
const SOMEBODY_ELSES =
  'A cache or a proxy between the runner and the API answered with somebody else’s answer.';

export const VENDOR = {
  keyRefused: {
    id: 'api-key-refused',
    results: ['auth_error'],
    title: 'The API refuses the API key',
    what: ANSWERED,
    likelyCause:
      'A key from the screen is valid for 30 days: most likely it has expired, or it belongs to another model.',
    nextStep:
      'Issue a new API key for this model in Prediction One, store it as the secret, and re-run the job.',
    japaneseHint:
      'APIキーの有効期限（30日）切れか、別のモデルのキーの可能性があります。Prediction One でこのモデルのAPIキーを再発行し、シークレットを更新してください。',
    vendorSays: ['invalid_api_key', 'Inactive_credential', 'Not_found_credential'],
  },
  freshKeyRefused: {
    id: 'fresh-api-key-refused',
    results: ['auth_error'],
    title: 'The API refuses the API key that this run got from the secret key',
    what: ANSWERED,
    likelyCause:
      'The key was issued from secret_key in this very run, so it has not expired: most likely model_id is not the model that this call is about, or secret_key belongs to another account or to another api_url.',
    nextStep:
      'Check secret_key, model_id and api_url against the account and the model in Prediction One, then re-run the job.',
    japaneseHint:
      'このAPIキーは今回の実行で発行したもので、期限切れではありません。secret_key と model_id が対象のモデルのものか確認してください。',
  },
  secretKeyRefused: {
    id: 'secret-key-refused',
    results: ['auth_error'],
    title: 'The API issues no API key for the secret key',
    what: ANSWERED,
    likelyCause: 'The secret key is wrong or was revoked, or model_id is no model of its account.',
    nextStep: 'Check secret_key and model_id against the account in Prediction One, then re-run the job.',
    japaneseHint:
      'シークレットキーが無効か、モデルIDがそのアカウントのものではありません。secret_key と model_id を確認してください。',
  },
  jobNotFound: {
    id: 'job-not-found',
    results: ['not_found'],
    title: 'The API does not know the retrain job',
    what: ANSWERED,
    likelyCause:
      'retrain_job_id is not the one that the upload step gave, or it belongs to the model of another API key.',
    nextStep:
      'Pass the output retrain_job_id of the upload step as it is, with the API key (or the model_id) of the same model.',
    japaneseHint:
      '再学習ジョブが見つかりません。retrain_job_id と、同じモデルのAPIキーを使っているかを確認してください。',
    vendorSays: ['Not found retrain job'],
  },
  jobDeleted: {
    id: 'job-deleted',
    results: ['job_deleted', 'not_found'],
    title: 'The retrain job was deleted',
    what: ANSWERED,
    likelyCause: 'Somebody deleted the job or its model in Prediction One.',
    nextStep: 'Start a new retrain job with the upload step; the live model is unchanged.',
    japaneseHint:
      '再学習ジョブまたはモデルが削除されています。新しい再学習ジョブを開始してください。運用中のモデルは変わっていません。',
    vendorSays: ['This job may be deleted'],
  },
  ownerDeleted: {
    id: 'model-deleted',
    results: ['not_found'],
    title: 'The account or the model of the key was deleted',
    what: ANSWERED,
    likelyCause:
      'Somebody deleted the account or the model of this key in Prediction One, or api_url is not the API.',
    nextStep: 'Check the model in Prediction One and api_url, and use the key of a model that exists.',
    japaneseHint:
      'アカウントまたはモデルが削除されている可能性があります。Prediction One で確認し、存在するモデルのAPIキーを使ってください。',
    vendorSays: ['This user may be deleted', 'This model may be deleted'],
  },
  classifierMissing: {
    id: 'prediction-api-missing',
    results: ['not_found'],
    title: 'The model has no prediction API to switch',
    what: ANSWERED,
    likelyCause:
      'The prediction API of this model was deleted in Prediction One, so there is nothing to switch.',
    nextStep: 'Publish the model as an API in Prediction One again, then re-run the job.',
    japaneseHint:
      'このモデルの予測APIが見つかりません。Prediction One でモデルをもう一度API公開してから、再実行してください。',
    vendorSays: ['Not found classifier'],
  },
  notFinished: {
    id: 'job-not-finished',
    results: ['not_finished'],
    title: 'The switch came before the end of the training',
    what: ANSWERED,
    likelyCause: 'The switch came before the end of the training.',
    nextStep:
      'Wait with the status check action first, and switch only when its output ready_to_switch is true; the live model is unchanged.',
    japaneseHint:
      '再学習がまだ終わっていません。終了を待ってから切り替えてください。運用中のモデルは変わっていません。',
    vendorSays: ['Retrain job is not finished'],
  },
  settingsLost: {
    id: 'model-settings-lost',
    results: ['api_error'],
    title: 'The vendor’s server has lost the settings of the model',
    what: ANSWERED,
    likelyCause: 'The vendor’s server has lost the settings of this model.',
    nextStep: 'Re-run the job later; if it stays so, ask the vendor’s support about this model.',
    japaneseHint:
      'サーバー側でモデルの設定ファイルが見つかりません。時間をおいて再実行し、続く場合はサポートへお問い合わせください。',
    vendorSays: ['Not found configuration_file'],
  },
  jobFailed: {
    id: 'job-failed',
    results: ['job_failed'],
    title: 'The training ended without a model',
    what: "The retrain job failed: the API gave status '{status}'{said?}",
    likelyCause:
      'Usually the training data: columns, types or volume differ from what the model was built with.',
    nextStep:
      'Check the data and the job in Prediction One, then start a new retrain job; the live model is unchanged.',
    japaneseHint:
      '再学習に失敗しました。学習データの項目・データ型・件数がモデル作成時と合っているか確認してください。運用中のモデルは変わっていません。',
  },
  requestRefused: {
    id: 'request-refused',
    results: ['api_error'],
    title: 'The API does not accept the request',
    what: ANSWERED,
    likelyCause: NOT_ACCEPTED,
    nextStep: 'Check api_url and retrain_job_id against the vendor’s page, then re-run the job.',
  },
  uploadRequestRefused: {
    id: 'upload-request-refused',
    results: ['api_error'],
    title: 'The API does not accept the request for an upload',
    what: ANSWERED,
    likelyCause: NOT_ACCEPTED,
    nextStep: 'Check api_url and the name of the data file against the vendor’s page, then re-run the job.',
  },
  serverFails: {
    id: 'api-fails',
    results: ['api_error'],
    title: 'The API keeps failing while the job is waited for',
    what: ANSWERED,
    likelyCause: OVERLOADED,
    nextStep: 'Training goes on at the vendor: re-run the job later with the same retrain_job_id.',
  },
  serverFailsToStart: {
    id: 'api-fails-to-start',
    results: ['api_error'],
    title: 'The API keeps failing before anything has begun',
    what: ANSWERED,
    likelyCause: OVERLOADED,
    nextStep: 'Re-run the job later.',
  },
  serverFailsToSwitch: {
    id: 'api-fails-to-switch',
    results: ['api_error'],
    title: 'The API keeps failing to switch',
    what: ANSWERED,
    likelyCause: OVERLOADED,
    nextStep: 'Re-run the job later with the same retrain_job_id; switching twice does no harm.',
  },
  anotherJob: {
    id: 'answer-about-another-job',
    results: ['api_error'],
    title: 'The API answers about another job',
    what: ANOTHER_JOB,
    likelyCause: SOMEBODY_ELSES,
    nextStep: 'Do not switch. Check api_url and what stands in front of it, then re-run the job.',
  },
  anotherJobSwitched: {
    id: 'switch-of-another-job',
    results: ['api_error'],
    title: 'The API answers the switch about another job',
    what: ANOTHER_JOB,
    likelyCause: SOMEBODY_ELSES,
    nextStep:
      'Look in Prediction One which model is in service. Check api_url and what stands in front of it, then re-run the job; switching twice does no harm.',
  },
  redirected: {
    id: 'api-redirects',
    results: ['api_error'],
    title: 'The API redirects',
    what: 'The API answered with a redirect (HTTP {httpStatus}), which is not followed.',
    likelyCause: 'api_url is not the API’s own address; the API key is never sent along a redirect.',
    nextStep: 'Set api_url to the final address and re-run the job.',
  },
  unreadable: {
    id: 'answer-unreadable',
    results: ['api_error'],
    title: 'The API’s answer cannot be read',
    what: "The API's answer (HTTP {httpStatus}) cannot be read: {reason}.",
    likelyCause: 'Something between the runner and the API answered in its place, or api_url is not the API.',
    nextStep: 'Check api_url and the proxy, then re-run the job.',
  },
} as const satisfies Record<string, Message>;
