import { lazy, Suspense, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useShallow } from 'zustand/react/shallow';
import type { Fleet } from '#shared/fleet/schema.ts';
import { cancelCarry, drop, hoverTarget, pickUp, useCarry } from '../../carry/carry-store.ts';
import { type Gesture, gestureOf, type Press } from '../../carry/gesture.ts';
import { useOverlayState } from '../../commands/held-keys.ts';
import { regionKeyHandler } from '../../commands/key-bindings.ts';
import { select, toggleSelected, useNavigation } from '../../navigation.ts';
import { useThrottled } from '../../ui/use-throttled.ts';
import { showCreateDialog } from '../../virtual-subsystems/create/show-create-dialog.tsx';
import type { PaintModel } from '../paint/paint-model.ts';
import { SceneView } from '../paint/scene-view.ts';
import { bringIntoView, panBy, setView, useCamera, zoomBy } from '../scene/camera-store.ts';
import { cellsInside, type Hit, hitTest } from '../scene/geometry.ts';
import { linksOf } from '../scene/links.ts';
import { activePrimaryOf, centreOf, firstHidden, hitId, placeOf } from '../scene/scene-queries.ts';
import { type TreeItem, treeItems } from '../scene/tree-items.ts';
import type { SceneState } from '../scene/use-scene.ts';
import styles from '../topology.module.css';
import { AccessibleTree } from './accessible-tree.tsx';
import { carryPaint, targetAt } from './drop-hints.ts';
import { FlowButtons } from './flow-buttons.tsx';
import { HoverCard } from './hover-card.tsx';
import { handleTreeKey } from './tree-keys.ts';

const ObjectMenu = lazy(async () => ({
  default: (await import('../../actions/object-menu.tsx')).ObjectMenu,
}));

const labelRefreshMilliseconds = 250;

interface Point {
  readonly x: number;
  readonly y: number;
}

/** The graph: canvas, pointer and keyboard handling, and the accessible tree over it. */
export function TopologyCanvas({ fleet, state }: { readonly fleet: Fleet; readonly state: SceneState }) {
  const { scene, appearances, activity, expand } = state;
  const stage = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const world = useRef<HTMLDivElement>(null);
  const view = useRef<SceneView | null>(null);
  const [focus, setFocus] = useState<{ key: string; visible: boolean } | null>(null);
  const [hover, setHover] = useState<{ key: string; id: string; at: Point } | null>(null);
  const [lasso, setLasso] = useState<PaintModel['lasso']>(null);
  const [panning, setPanning] = useState(false);
  const [menu, setMenu] = useOverlayState<Point>();
  const space = useRef(false);
  const press = useRef<{ start: Press; gesture: Gesture; last: Point; hit: Hit | null } | null>(null);
  const selectionList = useNavigation(useShallow((navigation) => navigation.selection));
  const selection = useMemo(() => new Set(selectionList), [selectionList]);
  const carry = useCarry((store) => store.carry);

  useLayoutEffect(() => {
    if (canvas.current === null || stage.current === null) return undefined;
    const painted = new SceneView(canvas.current);
    view.current = painted;
    painted.setCamera(useCamera.getState().camera);
    const stopCamera = useCamera.subscribe(({ camera }) => {
      painted.setCamera(camera);
      place(world.current);
    });
    const themes = new MutationObserver(() => painted.refreshStyle());
    themes.observe(document.documentElement, {
      attributes: true,
      attributeFilter: ['data-theme', 'data-contrast'],
    });
    // Text drawn before the bundled fonts are there would stay in the fallback face.
    const faces = ['12px "Inter Variable"', '12px "JetBrains Mono Variable"'];
    void Promise.all(faces.map((face) => document.fonts?.load(face))).then(() => painted.refreshStyle());
    return () => {
      stopCamera();
      themes.disconnect();
      painted.dispose();
      view.current = null;
    };
  }, []);

  useLayoutEffect(() => {
    const element = stage.current;
    if (element === null) return undefined;
    const measure = () => {
      const size = { width: element.clientWidth, height: element.clientHeight };
      setView(size, scene);
      place(world.current);
      view.current?.resize(size, window.devicePixelRatio || 1);
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [scene]);

  const links = useMemo(() => {
    const shown = hover?.id ?? selectionList.at(-1);
    return shown === undefined || carry.mode !== 'idle' ? [] : linksOf(fleet, scene, shown);
  }, [fleet, scene, hover?.id, selectionList, carry.mode]);
  const carried = useMemo(() => carryPaint(fleet, scene, carry), [fleet, scene, carry]);

  useLayoutEffect(() => {
    view.current?.setModel({
      fleet,
      scene,
      appearances,
      selection,
      focus: focus?.visible === true ? focus.key : null,
      hover: hover?.key ?? null,
      carry: carried,
      links,
      activity,
      lasso,
    });
  }, [fleet, scene, appearances, selection, focus, hover, carried, links, activity, lasso]);

  useEffect(() => {
    // The canvas answers from here on: the figure that start-up is measured by.
    if (performance.getEntriesByName('berth:topology-interactive').length === 0)
      performance.mark('berth:topology-interactive');
  }, []);

  const labels = useThrottled(fleet, labelRefreshMilliseconds);
  const activePrimary = activePrimaryOf(
    fleet,
    scene,
    hover?.id ?? focus?.key ?? selectionList.at(-1) ?? null,
  );
  const items = useMemo(() => treeItems(labels, scene, activePrimary), [labels, scene, activePrimary]);

  // A carried thing's target and a selection made elsewhere come into view.
  useEffect(() => {
    const box = scene.boxes.find(({ key }) => key === carried?.over);
    if (box !== undefined && carry.mode === 'keyboard') bringIntoView(box);
  }, [scene, carried?.over, carry.mode]);
  const lastSelected = selectionList.at(-1) ?? null;
  useEffect(() => {
    if (lastSelected === null || press.current !== null) return;
    const place = placeOf(scene, lastSelected);
    if (place !== null) bringIntoView(place);
  }, [scene, lastSelected]);

  const at = (event: { clientX: number; clientY: number }): Point => {
    const bounds = stage.current?.getBoundingClientRect();
    return { x: event.clientX - (bounds?.left ?? 0), y: event.clientY - (bounds?.top ?? 0) };
  };
  const ratio = () => window.devicePixelRatio || 1;
  const hitAt = (point: Point) => hitTest(scene, useCamera.getState().camera, ratio(), point.x, point.y);

  const carriesOf = (hit: Hit | null): readonly string[] => {
    const id = hitId(hit);
    if (hit === null || id === null) return [];
    if (hit.kind === 'box' && hit.box.kind === 'more') {
      const hidden = firstHidden(fleet, scene, hit.box.id, hit.box.key);
      return hidden === null ? [] : [hidden];
    }
    if (fleet.controllers[id]?.role !== 'secondary') return [];
    return selection.has(id)
      ? selectionList.filter((one) => fleet.controllers[one]?.role === 'secondary')
      : [id];
  };

  const click = (hit: Hit | null, add: boolean) => {
    const id = hitId(hit);
    if (id === null || hit === null) {
      if (!add) select([]);
      return;
    }
    if (hit.kind === 'box' && hit.box.kind === 'more') expand(hit.box.id);
    else if (hit.kind === 'box' && hit.box.kind === 'new-virtual-subsystem') newVirtualSubsystem(id);
    else if (add) toggleSelected(id);
    else select([id]);
  };

  const onPointerDown = (event: React.PointerEvent) => {
    if (event.button === 2 || carry.mode === 'keyboard') return;
    const point = at(event);
    const hit = hitAt(point);
    const start: Press = {
      x: point.x,
      y: point.y,
      button: event.button,
      shift: event.shiftKey,
      space: space.current,
      carries: carriesOf(hit),
    };
    press.current = { start, gesture: 'press', last: point, hit };
    if (event.button === 1) event.preventDefault();
  };

  const onPointerMove = (event: React.PointerEvent) => {
    const point = at(event);
    const pressed = press.current;
    if (pressed === null) {
      if (carry.mode === 'idle') hoverAt(point);
      return;
    }
    const gesture = gestureOf(pressed.gesture, pressed.start, point.x, point.y);
    if (gesture !== pressed.gesture) {
      stage.current?.setPointerCapture(event.pointerId);
      setHover(null);
      if (gesture === 'pan') setPanning(true);
      if (gesture === 'carry' && !pickUp('pointer', pressed.start.carries)) {
        press.current = null;
        return;
      }
    }
    pressed.gesture = gesture;
    if (gesture === 'pan') panBy(pressed.last.x - point.x, pressed.last.y - point.y);
    if (gesture === 'lasso') setLasso({ x0: pressed.start.x, y0: pressed.start.y, x1: point.x, y1: point.y });
    if (gesture === 'carry')
      hoverTarget(targetAt(fleet, scene, pressed.start.carries, useCamera.getState().camera, ratio(), point));
    pressed.last = point;
  };

  const onPointerUp = (event: React.PointerEvent) => {
    const pressed = press.current;
    press.current = null;
    setPanning(false);
    if (pressed === null) return;
    if (pressed.gesture === 'press' && event.button === 0)
      click(pressed.hit, event.ctrlKey || event.metaKey || event.shiftKey);
    if (pressed.gesture === 'carry') drop();
    if (pressed.gesture === 'lasso') {
      setLasso(null);
      const found = cellsInside(scene, useCamera.getState().camera, ratio(), pressed.start, at(event));
      select(event.ctrlKey ? [...selectionList, ...found] : found);
    }
  };

  const onPointerCancel = () => {
    press.current = null;
    setPanning(false);
    setLasso(null);
    cancelCarry();
  };

  const hoverAt = (point: Point) => {
    const hit = hitAt(point);
    const id = hitId(hit);
    if (hit === null || id === null) setHover((before) => (before === null ? before : null));
    else {
      const key = hit.kind === 'cell' ? hit.id : hit.box.key;
      setHover((before) => (before?.key === key ? before : { key, id, at: point }));
    }
  };

  const focusItem = (item: TreeItem) => {
    const element = world.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(item.key)}"]`);
    element?.focus({ preventScroll: true });
    bringIntoView(item);
  };
  const activate = (item: TreeItem, add: boolean) => {
    if (item.kind === 'more') expand(item.id);
    else if (item.kind === 'new-virtual-subsystem') newVirtualSubsystem(item.id);
    else if (add) toggleSelected(item.id);
    else select([item.id]);
  };

  const onKeyDown = (event: React.KeyboardEvent) => {
    const current = items.find((item) => item.key === focus?.key) ?? null;
    const handled = handleTreeKey(event, {
      carry,
      items,
      current,
      selected: selectionList.filter((id) => fleet.controllers[id]?.role === 'secondary'),
      focusItem,
      activate,
      menu: (item) => setMenu(centreOf(stage.current, item)),
      holdSpace: () => {
        space.current = true;
      },
    });
    if (handled) event.preventDefault();
    else regionKeyHandler(event.nativeEvent);
  };

  // React's wheel listener is passive and could not stop the window from zooming.
  useEffect(() => {
    const element = stage.current;
    if (element === null) return undefined;
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      const bounds = element.getBoundingClientRect();
      if (event.ctrlKey || event.metaKey)
        zoomBy(Math.exp(-event.deltaY / 400), {
          x: event.clientX - bounds.left,
          y: event.clientY - bounds.top,
        });
      else if (event.shiftKey) panBy(event.deltaY, 0);
      else panBy(event.deltaX, event.deltaY);
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, []);

  return (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the tree inside takes the focus; this only gathers its events */}
      <div
        ref={stage}
        className={`${styles.stage} ${panning ? styles.panning : ''}`}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onPointerCancel={onPointerCancel}
        onPointerLeave={() => setHover(null)}
        onLostPointerCapture={() => {
          if (press.current !== null) onPointerCancel();
        }}
        onKeyDown={onKeyDown}
        onKeyUp={(event) => {
          if (event.key === ' ') space.current = false;
        }}
        onContextMenu={(event) => {
          event.preventDefault();
          const id = hitId(hitAt(at(event)));
          if (id === null) return;
          if (!selection.has(id)) select([id]);
          setMenu({ x: event.clientX, y: event.clientY });
        }}
        onDoubleClick={(event) => {
          const id = hitId(hitAt(at(event)));
          const place = id === null ? null : placeOf(scene, id);
          if (place === null) return;
          bringIntoView(place);
        }}
      >
        <canvas ref={canvas} className={styles.canvas} aria-hidden />
        <AccessibleTree
          items={items}
          selection={selection}
          current={focus?.key ?? null}
          worldRef={world}
          size={scene}
          onFocusItem={(item, visible) => setFocus({ key: item.key, visible })}
          onBlurItem={() => setFocus((before) => (before === null ? null : { ...before, visible: false }))}
          onActivate={(item) => activate(item, false)}
        />
        {activity.flows.length === 0 ? null : (
          <FlowButtons fleet={fleet} scene={scene} flows={activity.flows} />
        )}
        {hover !== null && carry.mode === 'idle' && menu === null ? (
          <HoverCard fleet={fleet} id={hover.id} at={hover.at} />
        ) : null}
      </div>
      {/* Outside of the stage: React would tell the stage of the menu's presses, which would select what lies below. */}
      {menu === null ? null : (
        <Suspense fallback={null}>
          <ObjectMenu at={menu} onClose={() => setMenu(null)} />
        </Suspense>
      )}
    </>
  );
}

function newVirtualSubsystem(hostId: string): void {
  showCreateDialog(hostId, null);
}

/** Moves the accessible tree with the camera. */
function place(world: HTMLDivElement | null): void {
  if (world === null) return;
  const { camera } = useCamera.getState();
  const { x, y, zoom } = camera;
  world.style.transform = `translate(${-x * zoom}px, ${-y * zoom}px) scale(${zoom})`;
}
