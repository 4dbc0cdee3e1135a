// The entry of the action `switch/`; must not decide anything.
import './early-cancellation.js';

import { switchAction } from './actions/switch/action.js';
import { runProcess } from './run-process.js';

await runProcess(switchAction);
