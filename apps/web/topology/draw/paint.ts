import type { Core, NodeSingular } from 'cytoscape';
import type { GraphNode } from '../graph-view';
import type { Detail } from './detail';
import { nodeHeight, nodeWidth } from './edge-curve';
import { faceOf, initialsOf, type NodeFace } from './faces';
import { paintLock } from './paint-lock';
import { type Roles, resolveRole } from './roles';
import { isLabelled } from './sync';

export interface Scene {
  readonly nodes: ReadonlyMap<string, GraphNode>;
  readonly roles: Roles;
  readonly detail: Detail;
  readonly versions: boolean;
  /** Edges with a lock at their middle: open where mutual TLS is missing. */
  readonly locks: ReadonlyMap<string, 'open' | 'closed'>;
}

const family = '"Inter Variable", system-ui, sans-serif';
const left = -nodeWidth / 2 + 12;
const right = nodeWidth / 2 - 12;

/** Paints what nodes say over the shapes Cytoscape has drawn, only for those on the screen. */
export function paint(context: CanvasRenderingContext2D, cy: Core, scene: Scene): void {
  const ratio = window.devicePixelRatio || 1;
  const { canvas } = context;
  const zoom = cy.zoom();
  const pan = cy.pan();
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.setTransform(ratio * zoom, 0, 0, ratio * zoom, ratio * pan.x, ratio * pan.y);
  context.textBaseline = 'alphabetic';
  const { x1, x2, y1, y2 } = cy.extent();

  if (scene.detail !== 'dots') {
    cy.nodes().forEach((node) => {
      const { x, y } = node.position();
      if (x < x1 - nodeWidth || x > x2 + nodeWidth || y < y1 - nodeHeight * 2 || y > y2 + nodeHeight * 2)
        return;
      const shown = scene.nodes.get(node.id());
      if (shown !== undefined) paintNode(context, node, shown, scene, zoom);
    });
  }
  for (const [id, lock] of scene.locks) {
    const edge = cy.getElementById(id);
    if (edge.empty() || !edge.isEdge() || zoom < 0.3) continue;
    const { x, y } = edge.midpoint();
    context.globalAlpha = edge.hasClass('dim') ? 0.32 : 1;
    paintLock(context, x, isLabelled(edge) ? y - 22 : y, lock, scene.roles);
  }
  context.globalAlpha = 1;
}

function paintNode(
  context: CanvasRenderingContext2D,
  node: NodeSingular,
  shown: GraphNode,
  scene: Scene,
  zoom: number,
): void {
  const { roles, detail } = scene;
  const { x, y } = node.position();
  context.save();
  context.translate(x, y);
  context.globalAlpha = node.hasClass('dim') ? 0.4 : 1;
  const needsPerson = shown.health === 'degraded' || shown.health === 'failing';
  if (detail === 'all') paintAll(context, faceOf(shown), scene, needsPerson);
  else {
    // From further away the name grows, so that it stays readable as long as it fits.
    const size = Math.min(24, 11.5 / zoom);
    context.font = `600 ${size}px ${family}`;
    context.fillStyle = roles.text;
    context.textAlign = 'center';
    const text =
      detail === 'names' ? fitted(context, shown.service, nodeWidth - 14) : initialsOf(shown.service);
    context.fillText(text, 0, size * 0.36);
  }
  context.restore();
}

function paintAll(
  context: CanvasRenderingContext2D,
  face: NodeFace,
  scene: Scene,
  needsPerson: boolean,
): void {
  const { roles } = scene;
  const rows = scene.versions ? face.versions : [];
  const top = -(nodeHeight + rows.length * 16) / 2;
  context.textAlign = 'left';
  context.font = `600 13px ${family}`;
  context.fillStyle = roles.text;
  context.fillText(fitted(context, face.title, right - left - (needsPerson ? 14 : 0)), left, top + 19);
  context.font = `400 11.5px ${family}`;
  context.fillStyle = roles['text-dim'];
  context.fillText(face.figures, left, top + 34);
  if (needsPerson) {
    context.fillStyle = face.health === 'failing' ? roles.bad : roles.warn;
    context.beginPath();
    // Not by colour alone: what fails is square.
    if (face.health === 'failing') context.roundRect(right - 6, top + 10, 8, 8, 2);
    else context.arc(right - 2, top + 14, 4, 0, 2 * Math.PI);
    context.fill();
  }
  if (face.split.length > 0 && rows.length === 0) paintSplit(context, face, roles, top + 28);
  rows.forEach((row, index) => {
    const y = top + 50 + index * 16;
    context.fillStyle = resolveRole(roles, row.colour);
    context.beginPath();
    context.roundRect(left, y - 8, 8, 8, 2);
    context.fill();
    context.fillStyle = roles['text-dim'];
    context.textAlign = 'left';
    context.fillText(fitted(context, row.text, 70), left + 14, y);
    context.textAlign = 'right';
    context.fillText(row.figures, right, y);
  });
}

const splitWidth = 30;

function paintSplit(context: CanvasRenderingContext2D, face: NodeFace, roles: Roles, y: number): void {
  const total = face.split.reduce((sum, { share }) => sum + share, 0) || 1;
  context.save();
  context.beginPath();
  context.roundRect(right - splitWidth + 2, y, splitWidth, 5, 2.5);
  context.clip();
  let x = right - splitWidth + 2;
  for (const { share, colour } of face.split) {
    const width = (share / total) * splitWidth;
    context.fillStyle = resolveRole(roles, colour);
    context.fillRect(x, y, width, 5);
    x += width;
  }
  context.restore();
}

/** Ends in an ellipsis when it does not fit. */
function fitted(context: CanvasRenderingContext2D, text: string, width: number): string {
  if (context.measureText(text).width <= width) return text;
  let end = text.length;
  while (end > 1 && context.measureText(`${text.slice(0, end)}…`).width > width) end--;
  return `${text.slice(0, end)}…`;
}
