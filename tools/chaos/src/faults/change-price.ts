import { eventually } from '@tacet/testing';
import { models } from '../customers.ts';
import { whileBusy, type FaultScene } from './fault.ts';

const publishMsMax = 60_000;
/** Of the price at the start. */
const percent = { least: 50, most: 150 };

/** The operator applies a price list with another price for one model. What was admitted before keeps the price that it had. */
export function changePrice({ stage, dice, log, busy }: FaultScene): Promise<void> | undefined {
  if (busy.has('prices')) return undefined;
  const { id, inputPico, cachedPico, outputPico } = dice.pick(models);
  // Cached tokens stay the cheaper ones.
  const [prompt, output] = [dice.between(percent.least, percent.most), dice.between(percent.least, percent.most)];
  const rates = { inputPico: scale(inputPico, prompt), cachedPico: scale(cachedPico, prompt), outputPico: scale(outputPico, output) };
  log.count('price changed');
  log.tell(`the price of ${id} becomes ${rates.inputPico}, ${rates.cachedPico}, ${rates.outputPico} pico-USD`);
  const publish = (list: typeof models) =>
    // Whoever publishes them asks again until billing answers: the same list is the same versions.
    eventually('prices are published', () => stage.constellation.applyModels(list).then(() => true), publishMsMax);
  return whileBusy(busy, 'prices', () => stage.prices.change(id, rates, publish));
}

function scale(pico: bigint, byPercent: number): bigint {
  return (pico * BigInt(byPercent)) / 100n + 1n;
}
