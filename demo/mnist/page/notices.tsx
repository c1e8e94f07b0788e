import { CpuNotice } from './notices/cpu-notice.tsx';
import { LostNotice } from './notices/lost-notice.tsx';
import './notices/notices.css';
import { ProblemNotice } from './notices/problem-notice.tsx';
import { RestoredNotice } from './notices/restored-notice.tsx';

/** What the visitor has to know: no GPU, a lost device, a bad file. What went wrong stays in sight. */
export const Notices = () => (
  <>
    <div class="notices notices-urgent">
      <LostNotice />
      <ProblemNotice />
    </div>
    <div class="notices">
      <RestoredNotice />
      <CpuNotice />
    </div>
  </>
);
