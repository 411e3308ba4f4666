import type { Break } from './break.ts';

export const floatPrice: Break = {
  name: 'float-price',
  sentence: 'Money is counted in integers.',
  replacements: [
    {
      file: 'libs/pricing/src/charge.ts',
      from: '  return roundUp(counts.input * rates.inputPico + counts.cached * rates.cachedPico + counts.output * rates.outputPico);',
      to: `  const nanoOf = (tokens: bigint, pico: bigint) => Number(tokens) * (Number(pico) / Number(picoPerNano));
  return BigInt(Math.ceil(nanoOf(counts.input, rates.inputPico) + nanoOf(counts.cached, rates.cachedPico) + nanoOf(counts.output, rates.outputPico)));`,
    },
  ],
  shownBy: ['--scenario', 'whole-nanos'],
};
