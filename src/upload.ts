// The entry of the action `upload/`; must not decide anything.
import './early-cancellation.js';

import { uploadAction } from './actions/upload/action.js';
import { runProcess } from './run-process.js';

await runProcess(uploadAction);
