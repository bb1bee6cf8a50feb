'use client';

import classes from './mesh-link.module.css';
import { PageLink, type PageLinkProps } from './page-link';

interface MeshLinkProps extends PageLinkProps {
  /** `plain` takes the colour around it. */
  readonly look?: 'link' | 'plain';
}

/** A link as text. */
export function MeshLink({ look = 'link', className, ...rest }: MeshLinkProps) {
  const own = look === 'link' ? classes.link : classes.plain;
  return <PageLink className={className ? `${own} ${className}` : own} {...rest} />;
}
