import { create } from 'zustand';
import {
  type Camera,
  clampCamera,
  fitCamera,
  initialCamera,
  revealBox,
  type Size,
  zoomAt,
} from './geometry.ts';
import type { Box, Scene } from './scene.ts';

interface CameraState {
  readonly camera: Camera;
  readonly view: Size;
  readonly scene: Scene | null;
  /** False until the first scene has been seen in a view of known size. */
  readonly placed: boolean;
}

/** The camera of the topology. It outlives the screen, so that coming back shows the same place. */
export const useCamera = create<CameraState>(() => ({
  camera: { x: 0, y: 0, zoom: 1 },
  view: { width: 0, height: 0 },
  scene: null,
  placed: false,
}));

/** Every movement ends inside the scene; before the first scene there is nothing to stay inside of. */
function move(change: (camera: Camera, state: CameraState) => Camera): void {
  const state = useCamera.getState();
  const next = change(state.camera, state);
  useCamera.setState({ camera: state.scene === null ? next : clampCamera(next, state.scene, state.view) });
}

/** Tells the size of the canvas and the newest scene; the first of both places the camera. */
export function setView(view: Size, scene: Scene): void {
  const { placed } = useCamera.getState();
  const ready = view.width > 0 && scene.hosts.length > 0;
  if (!placed && ready) useCamera.setState({ view, scene, placed: true, camera: initialCamera(scene, view) });
  else useCamera.setState({ view, scene });
}

/** Another fleet was opened: the next scene places the camera anew. */
export function resetCamera(): void {
  useCamera.setState({ placed: false, scene: null });
}

/** Pans by CSS pixels. */
export function panBy(dx: number, dy: number): void {
  move((camera) => ({ ...camera, x: camera.x + dx / camera.zoom, y: camera.y + dy / camera.zoom }));
}

/** Zooms around a point of the canvas; without one around its centre. */
export function zoomBy(factor: number, point?: { x: number; y: number }): void {
  move((camera, { view }) => zoomAt(camera, factor, point?.x ?? view.width / 2, point?.y ?? view.height / 2));
}

/** Zooms to a scale (1: one world unit is one CSS pixel) around the centre of the canvas. */
export function zoomTo(zoom: number): void {
  zoomBy(zoom / useCamera.getState().camera.zoom);
}

/** Shows the whole scene. */
export function fit(): void {
  move((camera, { scene, view }) => (scene === null ? camera : fitCamera(scene, view)));
}

/** Brings a rectangle of the scene into view, as little as needed. */
export function bringIntoView(box: Pick<Box, 'x' | 'y' | 'w' | 'h'>): void {
  move((camera, { view }) => revealBox(camera, box, view));
}
