// Why an administrator of the server gives what they do not have.

import { Refusal } from '../sdk';
import { ask } from './dialog';

// because does what may take a reason: when the server asks why, the person is asked, and it is done again with what they say.
export async function because<T>(give: (reason?: string) => Promise<T>): Promise<T> {
  try {
    return await give();
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'reason') throw error;
    return give(await askReason());
  }
}

function askReason(): Promise<string> {
  return new Promise((resolve, reject) => {
    ask({
      title: 'Why do you give this?',
      text: 'You look after this server, and do not have this role in the document yourself. What you write stands in the audit.',
      label: 'Reason',
      most: 500,
      action: 'Go on',
      answer: (reason) => resolve(reason.trim()),
      closed: () => reject(new Refusal(0, 'given_up', 'Nothing was changed.')),
    });
  });
}
