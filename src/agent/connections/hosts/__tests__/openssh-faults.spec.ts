import { describeWith } from '../../../__tests__/test-bed';
import { openOpenssh } from '../openssh/open';
import { SSH } from './ssh-bed';
import { faultSuite } from './suite-faults';

describeWith(SSH, 'by the ssh of this machine', bed => {
  faultSuite('a line that breaks', bed, openOpenssh);
});
