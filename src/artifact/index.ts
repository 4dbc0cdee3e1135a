// The artifact library as an entry of its own, so that it is loaded only when needed; must not hold any logic.
export { DefaultArtifactClient } from '@actions/artifact';
