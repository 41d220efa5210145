/**
 * Every package of Hawser under one name.
 *
 * Convenient in applications and scripts; a library imports the one package it needs, and loads no more than that.
 *
 * @packageDocumentation
 */
export * from "@hawser/core";
export * from "@hawser/core/node";
export * from "@hawser/web";
export * from "@hawser/web/content";
export * from "@hawser/web/fields";
export * from "@hawser/web/forms";
