// The story of an upload: check the files, pack them, ask where to, send; must not know how any of it is done.
import { duration, size } from '../../github/units.js';
import type { CallContext } from '../../prediction-one/api-call.js';
import type { Client } from '../../prediction-one/client.js';
import type { PresignedUrl } from '../../results/presigned-url.js';
import { DataFile } from '../../training-data/data-file.js';
import { STALL_TIMEOUT_MS, send } from '../../training-data/send.js';
import { readError } from '../../training-data/upload-fault.js';
import { zipPair } from '../../training-data/zip-pair.js';
import { connect } from '../api-client.js';
import { hideUrl, presigned } from '../presigned.js';
import { TransferNarration } from '../transfer-narration.js';
import { askVendor } from '../vendor-call.js';
import { closeAll, type DataFiles, openData } from './data.js';
import type { Inputs } from './inputs.js';
import type { UploadParts } from './record.js';

/** Fills the record as it goes; throws what ends the story badly. */
export async function upload(inputs: Inputs, parts: UploadParts): Promise<void> {
  const data = await openData(inputs, parts.env);
  try {
    const client = await connect(inputs, parts);
    const file = data.evaluation ? await pack(data.training, data.evaluation, parts) : data.training;
    try {
      await sendTo(client, { file, inputs }, parts);
    } finally {
      if (file !== data.training) await file.close();
    }
  } finally {
    await closeAll(data);
  }
  parts.record.result = 'succeeded';
}

async function pack(
  training: DataFile,
  evaluation: NonNullable<DataFiles['evaluation']>,
  parts: UploadParts,
): Promise<DataFile> {
  const { log, clock, tempDirectory } = parts;
  const beganMs = clock.monotonicMs();
  const path = await zipPair({ training, evaluation }, tempDirectory, parts);
  const file = await DataFile.open(path);
  if (!(file instanceof DataFile)) throw readError(path, `it must be ${file.must}`);
  const from = size(training.sizeBytes + evaluation.sizeBytes);
  log.info(
    `Packed ${from} into a ZIP of ${size(file.sizeBytes)} (${duration(clock.monotonicMs() - beganMs)}).`,
  );
  return file;
}

async function sendTo(
  client: Client,
  { file, inputs }: { file: DataFile; inputs: Inputs },
  parts: UploadParts,
): Promise<void> {
  const { log, clock, record } = parts;
  record.fileName = inputs.fileName;
  const limits = {
    maxOutageMs: inputs.maxOutageMs,
    answerTimeoutMs: inputs.requestTimeoutMs,
    stallTimeoutMs: STALL_TIMEOUT_MS,
  };
  const url = await askForUrl(client, inputs, parts);
  await log.group('Uploading the data', async () => {
    const beganMs = clock.monotonicMs();
    const narration = new TransferNarration('upload', { log, nowMs: clock.monotonicMs });
    const refreshUrl = () => askForUrl(client, inputs, parts);
    const told = { onProgress: narration.progress, onFault: narration.fault };
    const sha256 = await send({ file, url }, limits, { ...parts, refreshUrl, ...told });
    const { sizeBytes } = file;
    record.uploaded = { sizeBytes, sha256, tookMs: clock.monotonicMs() - beganMs };
    log.info(`Uploaded ${size(sizeBytes)} as '${inputs.fileName}' (SHA-256 ${sha256}).`);
  });
}

/** A new job, which is the true one from now on, and where its data goes. */
async function askForUrl(client: Client, inputs: Inputs, parts: UploadParts): Promise<PresignedUrl> {
  const call = {
    name: 'The request for an upload_url',
    ask: (context: CallContext) => client.requestUpload(inputs.fileName, context),
  };
  const target = await askVendor(call, inputs, parts);
  hideUrl(target.uploadUrl, parts);
  parts.record.retrainJobId = target.retrainJobId;
  const url = presigned(target.uploadUrl, inputs.apiUrl, 'upload_url');
  parts.log.info(`Retrain job ${target.retrainJobId}: its data goes to ${url}`);
  return url;
}
