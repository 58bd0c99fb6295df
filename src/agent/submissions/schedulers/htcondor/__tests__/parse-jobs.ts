import { JobReader } from '../answers';
import type { JobAd } from '../answers';

/** All jobs of an answer, which comes in parts of `size` bytes. */
export function parseJobs(stdout: string, size = 1000): readonly JobAd[] {
  const jobs: JobAd[] = [];
  const reader = new JobReader(job => jobs.push(job));
  const data = Buffer.from(stdout);
  for (let at = 0; at < data.length; at += size) {
    reader.push(data.subarray(at, at + size));
  }
  reader.end();
  return jobs;
}
