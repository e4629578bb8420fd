<%@ page contentType="text/plain" session="false" %>well
