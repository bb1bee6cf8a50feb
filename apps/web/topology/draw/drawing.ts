import cytoscape, { type Core, type EdgeSingular, type NodeSingular } from 'cytoscape';
import type { GraphView } from '../graph-view';
import type { Point } from '../layout/positions';
import { type Detail, detailAt } from './detail';
import { paint, type Scene } from './paint';
import type { Roles } from './roles';
import { graphStyle } from './style';
import { bend, isLabelled, type Layers, type Shown, showLabel, sync } from './sync';

export interface DrawingEvents {
  /** A tap on a node or an edge, or undefined on the ground. */
  onTap(id: string | undefined): void;
  onMove(service: string, point: Point): void;
  /** Every change of pan or zoom. */
  onViewport(pan: Point, zoom: number): void;
}

const compactHeight = 420;

/** The graph on the screen: Cytoscape draws shapes and edges, `paint` writes on them. */
export class Drawing {
  readonly #cy: Core;
  readonly #canvas: HTMLCanvasElement;
  readonly #shown: Shown = { nodes: new Map(), edges: new Map(), label: 'rate' };
  readonly #watch: ResizeObserver;
  #roles: Roles;
  #layers: Layers = { label: 'rate', versions: false, security: false };
  #detail: Detail = 'all';
  #locks = new Map<string, 'open' | 'closed'>();
  /** Until somebody moves it, the view follows the graph. */
  #untouched = true;
  #revealed: string | undefined;

  constructor(container: HTMLElement, canvas: HTMLCanvasElement, roles: Roles, events: DrawingEvents) {
    this.#roles = roles;
    this.#canvas = canvas;
    this.#cy = cytoscape({
      container,
      style: graphStyle(roles),
      minZoom: 0.01,
      maxZoom: 2,
      boxSelectionEnabled: false,
      autounselectify: true,
      selectionType: 'single',
    });
    this.#listen(events);
    this.#watch = new ResizeObserver(() => this.#resize());
    this.#watch.observe(container);
    this.#resize();
    // The font may come after the first frame.
    void document.fonts.load('600 13px "Inter Variable"').then(() => this.#paint());
  }

  destroy(): void {
    this.#watch.disconnect();
    this.#cy.destroy();
  }

  setRoles(roles: Roles): void {
    this.#roles = roles;
    this.#cy.style(graphStyle(roles));
    this.#paint();
  }

  setGraph(view: GraphView, points: Readonly<Record<string, Point>>, layers: Layers): void {
    this.#layers = layers;
    const reshaped = sync(this.#cy, view, points, layers, this.#shown);
    this.#locks = locksOf(view, layers);
    if (reshaped) {
      this.#showDetail();
      if (this.#untouched) this.fit();
      this.#showLabels();
    }
    this.#paint();
  }

  /** Dims all but these; undefined dims nothing. */
  setEmphasis(selected: string | undefined, kept: ReadonlySet<string> | undefined): void {
    this.#cy.batch(() => {
      this.#cy.elements().forEach((element) => {
        const isSelected = element.id() === selected;
        if (isSelected && element.isEdge()) showLabel(element, this.#shown);
        element.toggleClass('selected', isSelected);
        element.toggleClass('dim', kept !== undefined && !kept.has(element.id()));
      });
    });
    this.#paint();
  }

  fit(): void {
    this.#untouched = true;
    this.#show(undefined);
  }

  /** Brings these onto the screen, nearer when they are few. */
  focus(ids: ReadonlySet<string>): void {
    this.#untouched = false;
    this.#show(ids);
  }

  zoomBy(factor: number): void {
    this.#untouched = false;
    const { width, height } = this.#size();
    this.#cy.zoom({ level: this.#cy.zoom() * factor, renderedPosition: { x: width / 2, y: height / 2 } });
  }

  /** Moves the view only as far as needed for this to be seen. */
  reveal(id: string): void {
    this.#revealed = id;
    const element = this.#cy.getElementById(id);
    if (element.empty()) return;
    const { width, height } = this.#size();
    if (height < compactHeight) {
      // Above a sheet there is room for little: what is selected, and large enough to be read.
      this.#cy.zoom(Math.max(this.#cy.zoom(), 0.8));
      this.#cy.center(element);
      return;
    }
    const box = element.renderedBoundingBox({ includeLabels: false });
    const margin = 24;
    const x = box.x1 < margin ? margin - box.x1 : box.x2 > width - margin ? width - margin - box.x2 : 0;
    const y = box.y1 < 64 ? 64 - box.y1 : box.y2 > height - margin ? height - margin - box.y2 : 0;
    if (x !== 0 || y !== 0) this.#cy.panBy({ x, y });
  }

  #show(ids: ReadonlySet<string> | undefined): void {
    const all = this.#cy.elements();
    const wanted = ids === undefined ? all : all.filter((element) => ids.has(element.id()));
    if (wanted.empty()) return;
    const { width, height } = this.#size();
    const box = wanted.boundingBox({ includeLabels: false, includeOverlays: false, includeUnderlays: false });
    // The toolbar above and the legend below keep their own ground.
    const zoom = Math.min(1, (width - 48) / box.w, (height - 128) / box.h);
    this.#cy.viewport({
      zoom,
      pan: {
        x: width / 2 - (zoom * (box.x1 + box.x2)) / 2,
        y: (height + 16) / 2 - (zoom * (box.y1 + box.y2)) / 2,
      },
    });
  }

  #listen(events: DrawingEvents): void {
    const cy = this.#cy;
    cy.on('render', () => this.#paint());
    cy.on('viewport', () => {
      this.#showDetail();
      events.onViewport({ ...cy.pan() }, cy.zoom());
    });
    // Only a person pans by dragging or zooms by wheel or pinch.
    cy.on('dragpan scrollzoom pinchzoom', () => {
      this.#untouched = false;
    });
    cy.on('tap', (event) => events.onTap(event.target === cy ? undefined : event.target.id()));
    cy.on('mouseover', 'edge', ({ target }: { target: EdgeSingular }) => {
      showLabel(target, this.#shown);
      target.addClass('hovered');
    });
    cy.on('mouseout', 'edge', (event) => event.target.removeClass('hovered'));
    cy.on('position', 'node', ({ target }: { target: NodeSingular }) => {
      for (const edge of target.connectedEdges()) bend(edge as EdgeSingular);
    });
    cy.on('dragfree', 'node', ({ target }: { target: NodeSingular }) => {
      this.#untouched = false;
      const { x, y } = target.position();
      events.onMove(target.id(), { x: Math.round(x), y: Math.round(y) });
    });
  }

  #showDetail(): void {
    const detail = detailAt(this.#cy.zoom());
    if (detail === 'all' && this.#detail !== 'all') this.#showLabels();
    this.#detail = detail;
    const dots = detail === 'dots';
    const first = this.#cy.nodes().first();
    if (
      first.empty() ||
      (first.hasClass('dots') === dots &&
        this.#cy.nodes('.dots').length === (dots ? this.#cy.nodes().length : 0))
    )
      return;
    this.#cy.batch(() => this.#cy.nodes().toggleClass('dots', dots));
  }

  /** Come near enough to be read, labels say what has changed since they last could. */
  #showLabels(): void {
    this.#cy.batch(() => {
      for (const edge of this.#cy.edges())
        if (isLabelled(edge as EdgeSingular)) showLabel(edge as EdgeSingular, this.#shown);
    });
  }

  #size(): { width: number; height: number } {
    return { width: this.#cy.width(), height: this.#cy.height() };
  }

  #resize(): void {
    const container = this.#cy.container();
    if (container === null) return;
    const ratio = window.devicePixelRatio || 1;
    this.#canvas.width = container.clientWidth * ratio;
    this.#canvas.height = container.clientHeight * ratio;
    this.#cy.resize();
    if (this.#untouched) this.#show(undefined);
    // A panel that opens takes room; what it is about stays in sight.
    if (this.#revealed !== undefined) this.reveal(this.#revealed);
    this.#paint();
  }

  #paint(): void {
    const context = this.#canvas.getContext('2d');
    if (context === null || this.#cy.destroyed()) return;
    const scene: Scene = {
      nodes: this.#shown.nodes,
      roles: this.#roles,
      detail: this.#detail,
      versions: this.#layers.versions,
      locks: this.#locks,
    };
    paint(context, this.#cy, scene);
  }
}

/** A lock is shown where one is missing; the security layer shows them all. */
function locksOf({ edges }: GraphView, { security }: Layers): Map<string, 'open' | 'closed'> {
  const locks = new Map<string, 'open' | 'closed'>();
  for (const { id, mtls } of edges) {
    if (mtls === 'none' || mtls === 'some') locks.set(id, 'open');
    else if (security && mtls === 'all') locks.set(id, 'closed');
  }
  return locks;
}
