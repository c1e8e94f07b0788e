import { CpuNotice } from './cpu-notice.tsx';
import { LostNotice } from './lost-notice.tsx';
import { ProblemNotice } from './problem-notice.tsx';
import { RestoredNotice } from './restored-notice.tsx';
import { UnkeptNotice } from './unkept-notice.tsx';
import './notices.css';

/** What the visitor has to know: no GPU, a lost device, a bad file. What went wrong stays in sight. */
export const Notices = () => (
  <>
    <div class="notices notices-urgent">
      <LostNotice />
      <ProblemNotice />
    </div>
    <div class="notices">
      <RestoredNotice />
      <UnkeptNotice />
      <CpuNotice />
    </div>
  </>
);
