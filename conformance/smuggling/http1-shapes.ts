import { chunkShapes } from './http1-chunk-shapes.ts';
import { flowShapes } from './http1-flow-shapes.ts';
import { framingShapes } from './http1-framing-shapes.ts';
import { headShapes } from './http1-head-shapes.ts';
import type { Http1Shape } from './http1-shape.ts';

export const http1Shapes: readonly Http1Shape[] = [
  ...framingShapes,
  ...chunkShapes,
  ...headShapes,
  ...flowShapes,
];
