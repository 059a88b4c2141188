import type { Expectations } from '../../checks/expectations.js';
import { isProductionScope } from '../../environments/production.js';
import { type Environment, labelOf } from '../../environments/resolve.js';
import { unmadeCheck } from '../../output/messages/unmade.js';
import type { Finding } from '../../report.js';
import { localEnvironment, localWorkspace } from '../../token/local.js';
import { probe } from '../env/probe.js';
import { compareRecord } from '../env/record.js';
import { open } from '../environment.js';
import { targetOf } from '../mint.js';
import type { Target } from '../online.js';
import type { Tools } from '../tools.js';

/** What is known of the environment's key. */
export interface ExaminedKey {
  findings: Finding[];
  /** Where its tokens come from, as far as known. */
  workspace: Expectations['environment'];
  /** To mint with, where Courier takes the key. */
  environment: Environment | undefined;
  isProduction: boolean;
}

/** Whether there is a key and Courier takes it; by a token of five seconds that is thrown away. */
export async function examineKey(target: Target, tools: Tools): Promise<ExaminedKey> {
  const { choice } = target;
  const none = { workspace: undefined, environment: undefined, isProduction: false };
  if (!choice)
    return {
      ...none,
      findings: [{ code: 'key.not-given', status: 'skip', facts: {}, fix: ['courier-jwt', 'env', 'add', 'test'] }],
    };
  const label = labelOf(choice);
  const recorded = choice.record?.tenantId ? { name: label, ...choice.record } : undefined;
  try {
    const environment = await open(choice, tools);
    if (choice.local) {
      const workspace = { name: localEnvironment, ...localWorkspace };
      return { findings: [], workspace, environment, isProduction: false };
    }
    const { tenantId, tenantScope } = await probe(targetOf(environment), tools);
    const facts = { host: choice.baseUrl, tenantScope };
    const accepted: Finding = { code: 'key.accepted', status: 'pass', subject: label, facts };
    return {
      findings: [accepted, ...compareRecord(choice, { tenantId, tenantScope })],
      workspace: { name: choice.name ?? '', label, tenantId, tenantScope },
      environment,
      isProduction: environment.production.known || isProductionScope(tenantScope),
    };
  } catch (error) {
    return { ...none, findings: [unmadeCheck(error, label)], workspace: recorded };
  }
}
