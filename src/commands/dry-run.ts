import { issueHttpRequest } from '../courier/client.js';
import { regionBaseUrls } from '../courier/regions.js';
import type { Choice } from '../environments/resolve.js';
import { isFailure } from '../errors.js';
import { say, toJson } from '../output/escape.js';
import { curlText, placeholderKey, requestView } from '../output/request-text.js';
import type { Finding } from '../report.js';
import { chooseFor, environmentView, keyText } from './environment.js';
import type { KeyOptions } from './options.js';
import type { Tools } from './tools.js';

/** Says what would be sent, and whose key it would be; sends nothing. */
export async function dryRun(
  asked: { scopes: string[]; expiresIn: string; warnings: Finding[] },
  options: KeyOptions,
  tools: Tools,
): Promise<number> {
  const choice = await choiceOrNone(options, tools);
  if (choice?.key) tools.secrets.add(choice.key.text);
  const baseUrl =
    choice && !choice.local ? choice.baseUrl : regionBaseUrls[choice ? 'us' : (tools.flags.region ?? 'us')];
  const timeoutMs = tools.flags.timeout * 1000;
  const request = issueHttpRequest({ ...asked, baseUrl, apiKey: placeholderKey, timeoutMs });
  asked.warnings.forEach(tools.console.warn);
  tools.console.note(say`nothing was sent; key: ${choice ? keyText(choice) : 'there is none yet'}`);
  if (choice?.local) tools.console.note('local sends nothing anyway: this is what Courier would be sent.');
  const environment = choice ? environmentView(choice) : null;
  tools.console.result(tools.flags.json ? toJson({ request: requestView(request), environment }) : curlText(request));
  return 0;
}

/** No key is needed to say what would be sent. */
async function choiceOrNone(options: KeyOptions, tools: Tools): Promise<Choice | undefined> {
  try {
    return await chooseFor(options, tools);
  } catch (error) {
    if (isFailure(error, 'key.missing')) return undefined;
    throw error;
  }
}
