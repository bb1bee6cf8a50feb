import type { StylesheetJson } from 'cytoscape';
import { nodeHeight, nodeWidth } from './edge-curve';
import type { Roles } from './roles';

const half = nodeWidth / 2;

/** Quiet when healthy: grey unless a person should look. Texts on nodes are painted over this by `paint`. */
export function graphStyle(roles: Roles): StylesheetJson {
  return [
    {
      selector: 'node',
      style: {
        shape: 'round-rectangle',
        'corner-radius': '8px',
        width: nodeWidth,
        height: nodeHeight,
        'background-color': roles.raised,
        'border-width': 1.2,
        'border-color': roles['line-strong'],
        'underlay-color': roles.accent,
        'underlay-shape': 'round-rectangle',
        'overlay-opacity': 0,
      },
    },
    {
      selector: 'node[rows > 0]',
      style: { height: (node: { data(key: string): number }) => nodeHeight + node.data('rows') * 16 },
    },
    { selector: 'node.idle', style: { 'border-style': 'dashed' } },
    { selector: 'node.degraded', style: { 'border-color': roles.warn } },
    { selector: 'node.failing', style: { 'border-color': roles.bad, 'border-width': 1.8 } },
    {
      selector: 'node.dots',
      style: { shape: 'ellipse', width: 64, height: 64, 'background-color': roles.edge, 'border-width': 0 },
    },
    { selector: 'node.dots.degraded', style: { 'background-color': roles.warn } },
    // Not by colour alone: what fails is a larger square.
    {
      selector: 'node.dots.failing',
      style: { shape: 'rectangle', width: 76, height: 76, 'background-color': roles.bad },
    },
    { selector: 'node.selected', style: { 'underlay-opacity': 0.18, 'underlay-padding': 5 } },
    {
      selector: 'edge',
      style: {
        width: 'data(width)',
        'line-color': roles.edge,
        'line-opacity': 0.75,
        'line-cap': 'butt',
        'curve-style': 'unbundled-bezier',
        'edge-distances': 'endpoints',
        'control-point-distances': 'data(distances)',
        'control-point-weights': 'data(weights)',
        'target-arrow-color': roles.edge,
        'arrow-scale': 0.8,
        'font-family': 'Inter Variable',
        'font-size': 11,
        color: roles['text-dim'],
        'text-background-color': roles.surface,
        'text-background-opacity': 1,
        'text-background-padding': '4px',
        'text-background-shape': 'roundrectangle',
        'text-border-color': roles.line,
        'text-border-opacity': 1,
        'text-border-width': 1,
        'min-zoomed-font-size': 7,
        'underlay-color': roles.accent,
        'overlay-opacity': 0,
      },
    },
    {
      selector: 'edge.forward',
      style: { 'source-endpoint': `${half}px 0px`, 'target-endpoint': `-${half}px 0px` },
    },
    {
      selector: 'edge.same',
      style: { 'source-endpoint': `${half}px 0px`, 'target-endpoint': `${half}px 0px` },
    },
    {
      selector: 'edge.back',
      style: { 'source-endpoint': `-${half}px 0px`, 'target-endpoint': `${half}px 0px` },
    },
    // Thousands of curves are slow to draw; from far away nobody sees the difference.
    {
      selector: 'edge.many',
      style: {
        'curve-style': 'haystack',
        'haystack-radius': 0,
      },
    },
    {
      selector: 'edge.many.hovered, edge.many.selected',
      style: {
        'curve-style': 'straight',
        'source-endpoint': 'outside-to-node',
        'target-endpoint': 'outside-to-node',
      },
    },
    {
      selector: 'edge.self',
      style: {
        'curve-style': 'bezier',
        'source-endpoint': 'outside-to-node',
        'target-endpoint': 'outside-to-node',
      },
    },
    {
      selector: 'edge.degraded',
      style: {
        'line-color': roles.warn,
        'target-arrow-color': roles.warn,
        color: roles.warn,
        'line-opacity': 1,
      },
    },
    {
      selector: 'edge.failing',
      style: {
        'line-color': roles.bad,
        'target-arrow-color': roles.bad,
        color: roles.bad,
        'line-opacity': 1,
      },
    },
    { selector: 'edge.idle', style: { 'line-style': 'dashed' } },
    { selector: 'edge.secure-all', style: { 'line-color': roles.ok, 'line-opacity': 1 } },
    {
      selector: 'edge.secure-some',
      style: { 'line-color': roles.warn, 'line-opacity': 1, 'line-style': 'dashed' },
    },
    {
      selector: 'edge.secure-none',
      style: { 'line-color': roles.bad, 'line-opacity': 1, 'line-style': 'dashed' },
    },
    { selector: 'edge.secure-unknown', style: { 'line-color': roles.edge, 'line-style': 'dotted' } },
    {
      // The security layer is about something else than health.
      selector: 'edge.degraded[!secured], edge.failing[!secured], edge.hovered, edge.selected',
      style: { label: 'data(label)', 'z-index': 10 },
    },
    {
      selector: 'edge.hovered, edge.selected',
      style: { 'line-opacity': 1, 'target-arrow-shape': 'triangle', color: roles.text, 'z-index': 20 },
    },
    { selector: 'edge.selected', style: { 'underlay-opacity': 0.18, 'underlay-padding': 4 } },
    { selector: '.dim', style: { opacity: 0.32, 'text-opacity': 0 } },
  ] as StylesheetJson;
}
