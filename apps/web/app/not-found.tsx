import type { Metadata } from 'next';
import { Entrance } from '@/features/sign-in/entrance';
import { paths } from '@/paths';
import { MeshLink } from '@/ui/mesh-link';

export const metadata: Metadata = { title: 'Not found' };

export default function NotFound() {
  return (
    <Entrance
      title="There is no such page"
      hint="The address may be mistyped, or from another version of Tulle."
    >
      <MeshLink href={paths.topology()}>Open the topology</MeshLink>
    </Entrance>
  );
}
